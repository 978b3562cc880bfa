import { type Kysely, sql } from "kysely";
import type { Columns, Step } from "./columns.ts";

async function principals(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("principals")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("administrator", integer, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("disabled_at", integer)
    .addColumn("deleted_at", integer)
    .execute();
  await sql`create unique index principals_live_name on principals (name) where deleted_at is null`.execute(
    db,
  );
  await db.schema
    .createTable("credentials")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id"))
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("verifier", text, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("replaced_at", integer)
    .execute();
  await db.schema
    .createIndex("credentials_principal")
    .on("credentials")
    .columns(["principal_id", "kind"])
    .execute();
}

async function jobs(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("jobs")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("payload", text, (c) => c.notNull())
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("unique_key", text)
    .addColumn("priority", integer, (c) => c.notNull())
    .addColumn("run_at", integer, (c) => c.notNull())
    .addColumn("attempts", integer, (c) => c.notNull())
    .addColumn("max_attempts", integer, (c) => c.notNull())
    .addColumn("lease_owner", text)
    .addColumn("lease_until", integer)
    .addColumn("cancel_asked", integer, (c) => c.notNull())
    .addColumn("progress_done", integer)
    .addColumn("progress_total", integer)
    .addColumn("error", text)
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("started_at", integer)
    .addColumn("finished_at", integer)
    .execute();
  await sql`create unique index jobs_unique_key on jobs (unique_key) where unique_key is not null and state in ('waiting', 'running')`.execute(
    db,
  );
  await sql`create index jobs_waiting on jobs (kind, priority, run_at, id) where state = 'waiting'`.execute(
    db,
  );
  await sql`create index jobs_leases on jobs (lease_until) where state = 'running'`.execute(db);
  await sql`create index jobs_finished on jobs (finished_at) where finished_at is not null`.execute(
    db,
  );
  await db.schema
    .createTable("job_logs")
    .addColumn("job_id", text, (c) => c.notNull().references("jobs.id").onDelete("cascade"))
    .addColumn("seq", integer, (c) => c.notNull())
    .addColumn("at", integer, (c) => c.notNull())
    .addColumn("level", text, (c) => c.notNull())
    .addColumn("message", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("job_logs_key", ["job_id", "seq"])
    .execute();
  await db.schema
    .createTable("job_schedules")
    .addColumn("name", text, (c) => c.primaryKey())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("payload", text, (c) => c.notNull())
    .addColumn("cron", text, (c) => c.notNull())
    .addColumn("time_zone", text, (c) => c.notNull())
    .addColumn("next_at", integer, (c) => c.notNull())
    .addColumn("last_at", integer)
    .execute();
}

async function outbox(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("outbox")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("payload", text, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("settings")
    .addColumn("name", text, (c) => c.primaryKey())
    .addColumn("value", text, (c) => c.notNull())
    .execute();
}

/** Principals and their credentials, jobs and their schedules, the outbox, settings. */
export const system: Step = {
  name: "0002-system",
  async up(db, columns) {
    await principals(db, columns);
    await jobs(db, columns);
    await outbox(db, columns);
  },
};
