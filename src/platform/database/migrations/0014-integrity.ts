import { sql } from "kysely";
import type { Step } from "./columns.ts";

/** What is checked, how far it got, and what was found. */
export const integrity: Step = {
  name: "0014-integrity",
  async up(db, { text, integer }) {
    await db.schema.alterTable("manifests").addColumn("damaged_at", integer).execute();
    await db.schema
      .createTable("scrubs")
      .addColumn("id", text, (c) => c.primaryKey())
      .addColumn("scope", text, (c) => c.notNull())
      .addColumn("repository_id", text)
      .addColumn("repository", text)
      .addColumn("digest", text)
      .addColumn("state", text, (c) => c.notNull())
      .addColumn("shift", integer, (c) => c.notNull())
      .addColumn("phase", text, (c) => c.notNull())
      .addColumn("position", text, (c) => c.notNull())
      .addColumn("blobs", integer, (c) => c.notNull())
      .addColumn("manifests", integer, (c) => c.notNull())
      .addColumn("bytes", integer, (c) => c.notNull())
      .addColumn("total_bytes", integer, (c) => c.notNull())
      .addColumn("damaged", integer, (c) => c.notNull())
      .addColumn("unreadable", integer, (c) => c.notNull())
      .addColumn("started_at", integer, (c) => c.notNull())
      .addColumn("started_by", text, (c) => c.notNull())
      .addColumn("finished_at", integer)
      .execute();
    await sql`create unique index scrubs_whole on scrubs (scope) where scope = 'all' and state in ('running', 'paused')`.execute(
      db,
    );
    await sql`create index scrubs_active on scrubs (id) where state in ('running', 'paused')`.execute(
      db,
    );
    await db.schema
      .createTable("findings")
      .addColumn("id", text, (c) => c.primaryKey())
      .addColumn("object", text, (c) => c.notNull())
      .addColumn("kind", text, (c) => c.notNull())
      .addColumn("digest", text, (c) => c.notNull())
      .addColumn("repository_id", text, (c) => c.notNull())
      .addColumn("location", text)
      .addColumn("expected_size", integer, (c) => c.notNull())
      .addColumn("seen_size", integer)
      .addColumn("seen_digest", text)
      .addColumn("found_at", integer, (c) => c.notNull())
      .addColumn("seen_at", integer, (c) => c.notNull())
      .addColumn("closed_at", integer)
      .addColumn("closed_as", text)
      .execute();
    await sql`create unique index findings_open on findings (digest, object, repository_id) where closed_at is null`.execute(
      db,
    );
    await sql`create index findings_open_id on findings (id) where closed_at is null`.execute(db);
  },
};
