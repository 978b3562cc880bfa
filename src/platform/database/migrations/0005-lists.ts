import { sql } from "kysely";
import type { Step } from "./columns.ts";

/** Orders in which people read what is stored: by its last change, newest first. */
export const lists: Step = {
  name: "0005-lists",
  async up(db, { integer }) {
    await db.schema.alterTable("repositories").addColumn("updated_at", integer).execute();
    await sql`update repositories set updated_at = (select max(pushed_at) from manifests where manifests.repository_id = repositories.id)`.execute(
      db,
    );
    await sql`create index repositories_updated on repositories (updated_at, name) where deleted_at is null and updated_at is not null`.execute(
      db,
    );
    await sql`create index projects_public on projects (id) where public = 1 and deleted_at is null`.execute(
      db,
    );
    await db.schema
      .createIndex("tags_updated")
      .on("tags")
      .columns(["repository_id", "updated_at", "name"])
      .execute();
    await db.schema
      .createIndex("tag_history_repository")
      .on("tag_history")
      .columns(["repository_id", "id"])
      .execute();
    await sql`create index manifests_pushed on manifests (repository_id, pushed_at, digest) where deleted_at is null`.execute(
      db,
    );
  },
};
