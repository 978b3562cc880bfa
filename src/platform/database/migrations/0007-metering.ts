import { type Kysely, sql } from "kysely";
import type { Columns, Step } from "./columns.ts";

/** The figures that every count has. */
function counted(columns: Columns, db: Kysely<unknown>, table: string) {
  const { integer } = columns;
  return db.schema
    .createTable(table)
    .addColumn("pulls", integer, (c) => c.notNull())
    .addColumn("pushes", integer, (c) => c.notNull())
    .addColumn("bytes_in", integer, (c) => c.notNull())
    .addColumn("bytes_out", integer, (c) => c.notNull());
}

async function traffic(db: Kysely<unknown>, columns: Columns): Promise<void> {
  const { text, integer } = columns;
  await counted(columns, db, "usage_hours")
    .addColumn("hour", integer, (c) => c.primaryKey())
    .addColumn("logins", integer, (c) => c.notNull())
    .addColumn("logins_denied", integer, (c) => c.notNull())
    .execute();
  await counted(columns, db, "usage_days")
    .addColumn("day", integer, (c) => c.notNull())
    .addColumn("repository_id", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("usage_days_key", ["day", "repository_id"])
    .execute();
  await sql`create index usage_days_repository on usage_days (repository_id, day)`.execute(db);
  await counted(columns, db, "usage_principals")
    .addColumn("day", integer, (c) => c.notNull())
    .addColumn("repository_id", text, (c) => c.notNull())
    .addColumn("principal_id", text, (c) => c.notNull())
    .addColumn("last_pulled_at", integer)
    .addColumn("last_pushed_at", integer)
    .addColumn("last_at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("usage_principals_key", ["day", "repository_id", "principal_id"])
    .execute();
  await sql`create index usage_principals_recent on usage_principals (principal_id, last_at)`.execute(
    db,
  );
}

async function lastUse(db: Kysely<unknown>, columns: Columns): Promise<void> {
  const { text, integer } = columns;
  await counted(columns, db, "usage_repositories")
    .addColumn("repository_id", text, (c) => c.primaryKey())
    .addColumn("last_pulled_at", integer)
    .addColumn("last_pushed_at", integer)
    .execute();
  await db.schema
    .createTable("usage_manifests")
    .addColumn("repository_id", text, (c) => c.notNull())
    .addColumn("digest", text, (c) => c.notNull())
    .addColumn("pulls", integer, (c) => c.notNull())
    .addColumn("last_pulled_at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("usage_manifests_key", ["repository_id", "digest"])
    .execute();
  await db.schema
    .createTable("usage_tags")
    .addColumn("repository_id", text, (c) => c.notNull())
    .addColumn("tag", text, (c) => c.notNull())
    .addColumn("pulls", integer, (c) => c.notNull())
    .addColumn("last_pulled_at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("usage_tags_key", ["repository_id", "tag"])
    .execute();
  await db.schema
    .createTable("usage_flushes")
    .addColumn("node", text, (c) => c.primaryKey())
    .addColumn("seq", integer, (c) => c.notNull())
    .addColumn("at", integer, (c) => c.notNull())
    .execute();
}

/** Who pulled and pushed what, how much and when; and the lists of background jobs. */
export const metering: Step = {
  name: "0007-metering",
  async up(db, columns) {
    await traffic(db, columns);
    await lastUse(db, columns);
    await sql`create index jobs_by_kind on jobs (kind, id)`.execute(db);
    // The other states have indexes of their own, or hold nearly every row.
    await sql`create index jobs_unsuccessful on jobs (state, id) where state in ('failed', 'cancelled')`.execute(
      db,
    );
  },
};
