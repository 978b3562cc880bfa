import type { Step } from "./columns.ts";

/** Copies that no row names any more; what was reclaimed by day; how each node's sweeper gets on. */
export const reclaim: Step = {
  name: "0010-reclaim",
  async up(db, { text, integer }) {
    await db.schema
      .createTable("displaced_copies")
      .addColumn("location", text, (c) => c.primaryKey())
      .addColumn("digest", text, (c) => c.notNull())
      .addColumn("since", integer, (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex("displaced_copies_since")
      .on("displaced_copies")
      .columns(["since", "location"])
      .execute();
    await db.schema
      .createTable("reclaim_days")
      .addColumn("day", integer, (c) => c.primaryKey())
      .addColumn("trashed", integer, (c) => c.notNull())
      .addColumn("manifests", integer, (c) => c.notNull())
      .addColumn("links", integer, (c) => c.notNull())
      .addColumn("blobs", integer, (c) => c.notNull())
      .addColumn("bytes", integer, (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("reclaim_nodes")
      .addColumn("node", text, (c) => c.primaryKey())
      .addColumn("swept_at", integer, (c) => c.notNull())
      .addColumn("error", text)
      .addColumn("error_at", integer)
      .execute();
  },
};
