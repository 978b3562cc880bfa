import { sql } from "kysely";
import type { Step } from "./columns.ts";

/** What the trash tells and is asked by: who deleted, in which order, and what was emptied out of it. */
export const trash: Step = {
  name: "0013-trash",
  async up(db, { text, integer }) {
    await db.schema.alterTable("repositories").addColumn("deleted_by", text).execute();
    await db.schema.alterTable("repositories").addColumn("emptied_at", integer).execute();
    await db.schema.alterTable("projects").addColumn("emptied_at", integer).execute();
    await sql`create index repositories_deleted on repositories (project_id, deleted_at, id) where deleted_at is not null`.execute(
      db,
    );
    await sql`create index repositories_over on repositories (deleted_at) where deleted_at is not null`.execute(
      db,
    );
    await sql`create index manifests_deleted on manifests (repository_id, deleted_at, digest) where deleted_at is not null`.execute(
      db,
    );
    await sql`create index tag_history_deleted on tag_history (repository_id, id) where to_manifest is null`.execute(
      db,
    );
  },
};
