import type { Step } from "./columns.ts";

/** What artifacts are, as analysed; and the files of layers. */
export const insight: Step = {
  name: "0008-insight",
  async up(db, { text, integer, bytes }) {
    await db.schema
      .createTable("artifact_insights")
      .addColumn("repository_id", text, (c) => c.notNull())
      .addColumn("digest", text, (c) => c.notNull())
      .addColumn("version", integer, (c) => c.notNull())
      .addColumn("failure", text)
      .addColumn("total_size", integer)
      .addColumn("document", bytes, (c) => c.notNull())
      .addColumn("described_at", integer, (c) => c.notNull())
      .addPrimaryKeyConstraint("artifact_insights_key", ["repository_id", "digest"])
      .addForeignKeyConstraint(
        "artifact_insights_manifest",
        ["repository_id", "digest"],
        "manifests",
        ["repository_id", "digest"],
        (c) => c.onDelete("cascade"),
      )
      .execute();
    await db.schema
      .createTable("layer_indexes")
      .addColumn("digest", text, (c) =>
        c.primaryKey().references("blobs.digest").onDelete("cascade"),
      )
      .addColumn("version", integer, (c) => c.notNull())
      .addColumn("state", text, (c) => c.notNull())
      .addColumn("failure", text)
      .addColumn("build", text, (c) => c.notNull())
      .addColumn("entries", integer)
      .addColumn("indexed_at", integer, (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("layer_index_chunks")
      .addColumn("digest", text, (c) =>
        c.notNull().references("layer_indexes.digest").onDelete("cascade"),
      )
      .addColumn("seq", integer, (c) => c.notNull())
      .addColumn("first", bytes, (c) => c.notNull())
      .addColumn("rows", bytes, (c) => c.notNull())
      .addPrimaryKeyConstraint("layer_index_chunks_key", ["digest", "seq"])
      .execute();
    await db.schema
      .createIndex("layer_index_chunks_first")
      .on("layer_index_chunks")
      .columns(["digest", "first", "seq"])
      .execute();
  },
};
