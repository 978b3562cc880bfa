import { type Kysely, sql } from "kysely";
import type { Columns, Step } from "./columns.ts";

async function policies(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("retention_policies")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("project_id", text, (c) => c.notNull())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("description", text)
    .addColumn("repositories", text, (c) => c.notNull())
    .addColumn("rules", text, (c) => c.notNull())
    .addColumn("cron", text)
    .addColumn("time_zone", text)
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("updated_at", integer, (c) => c.notNull())
    .addColumn("deleted_at", integer)
    .addColumn("version", integer, (c) => c.notNull())
    .execute();
  await sql`create unique index retention_policies_live_name on retention_policies (project_id, name) where deleted_at is null`.execute(
    db,
  );
  await db.schema
    .createIndex("retention_policies_project")
    .on("retention_policies")
    .columns(["project_id", "id"])
    .execute();
}

async function runs(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("retention_runs")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("project_id", text, (c) => c.notNull())
    .addColumn("policy_id", text)
    .addColumn("policy_name", text, (c) => c.notNull())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("document", text, (c) => c.notNull())
    .addColumn("started_by", text)
    .addColumn("job_id", text, (c) => c.notNull().unique())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("planned_at", integer)
    .addColumn("finished_at", integer)
    .addColumn("expires_at", integer, (c) => c.notNull())
    .addColumn("repositories", integer, (c) => c.notNull())
    .addColumn("tags_kept", integer, (c) => c.notNull())
    .addColumn("tags_going", integer, (c) => c.notNull())
    .addColumn("manifests_going", integer, (c) => c.notNull())
    .addColumn("tags_gone", integer, (c) => c.notNull())
    .addColumn("manifests_gone", integer, (c) => c.notNull())
    .addColumn("items_left", integer, (c) => c.notNull())
    .addColumn("bytes", integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("retention_runs_project")
    .on("retention_runs")
    .columns(["project_id", "kind", "id"])
    .execute();
  await db.schema
    .createIndex("retention_runs_expiry")
    .on("retention_runs")
    .column("expires_at")
    .execute();
  await db.schema
    .createTable("retention_items")
    .addColumn("run_id", text, (c) => c.notNull())
    .addColumn("seq", integer, (c) => c.notNull())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("repository_id", text, (c) => c.notNull())
    .addColumn("repository", text, (c) => c.notNull())
    .addColumn("digest", text, (c) => c.notNull())
    .addColumn("tag", text)
    .addColumn("outcome", text, (c) => c.notNull())
    .addColumn("cause", text, (c) => c.notNull())
    .addColumn("rule", integer)
    .addColumn("against", integer)
    .addColumn("because_of", text)
    .addColumn("changed_at", integer, (c) => c.notNull())
    .addColumn("pushed_at", integer, (c) => c.notNull())
    .addColumn("used_at", integer)
    .addColumn("level", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("retention_items_key", ["run_id", "seq"])
    .execute();
  await db.schema
    .createIndex("retention_items_outcome")
    .on("retention_items")
    .columns(["run_id", "outcome", "seq"])
    .execute();
  await sql`create index retention_items_open on retention_items (run_id, level, seq) where outcome = 'going'`.execute(
    db,
  );
  await db.schema
    .createIndex("retention_items_digest")
    .on("retention_items")
    .columns(["run_id", "repository_id", "digest", "kind"])
    .execute();
}

async function inUse(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("in_use_sources")
    .addColumn("name", text, (c) => c.primaryKey())
    .addColumn("reported_at", integer, (c) => c.notNull())
    .addColumn("reported_by", text, (c) => c.notNull())
    .addColumn("images", integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("in_use_digests")
    .addColumn("source", text, (c) => c.notNull())
    .addColumn("digest", text, (c) => c.notNull())
    .addColumn("reference", text, (c) => c.notNull())
    .addColumn("seen_at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("in_use_digests_key", ["source", "digest"])
    .execute();
  await db.schema
    .createIndex("in_use_digests_digest")
    .on("in_use_digests")
    .columns(["digest", "source"])
    .execute();
}

/** Retention policies, their runs, and what is said to be running. */
export const retention: Step = {
  name: "0011-retention",
  async up(db, columns) {
    await policies(db, columns);
    await runs(db, columns);
    await inUse(db, columns);
  },
};
