import { type Kysely, sql } from "kysely";
import type { Columns, Step } from "./columns.ts";

/** Rules by which tags cannot be moved or removed. */
async function immutability(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("immutability_rules")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("project_id", text, (c) => c.notNull().references("projects.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("repositories", text, (c) => c.notNull())
    .addColumn("tags", text, (c) => c.notNull())
    .addColumn("except_tags", text, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("version", integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("immutability_rules_project")
    .on("immutability_rules")
    .columns(["project_id", "id"])
    .execute();
  await db.schema
    .createIndex("immutability_rules_name")
    .unique()
    .on("immutability_rules")
    .columns(["project_id", "name"])
    .execute();
}

/** Limits of projects, what they use, and how that is counted. */
async function quota(db: Kysely<unknown>, { text, integer, clustered }: Columns): Promise<void> {
  await db.schema
    .createTable("quotas")
    .addColumn("project_id", text, (c) =>
      c.primaryKey().references("projects.id").onDelete("cascade"),
    )
    .addColumn("bytes", integer)
    .addColumn("bytes_warn", integer)
    .addColumn("repositories", integer)
    .addColumn("repositories_warn", integer)
    .addColumn("tags", integer)
    .addColumn("tags_warn", integer)
    .addColumn("warned_at", integer)
    .addColumn("checked_at", integer)
    .addColumn("difference", integer)
    .addColumn("version", integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("quota_blobs")
    .addColumn("project_id", text, (c) => c.notNull())
    .addColumn("digest", text, (c) => c.notNull())
    .addColumn("links", integer, (c) => c.notNull())
    .addColumn("size", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("quota_blobs_key", ["project_id", "digest"])
    .modifyEnd(clustered)
    .execute();
  await db.schema
    .createTable("quota_usage")
    .addColumn("project_id", text, (c) => c.notNull())
    .addColumn("shard", integer, (c) => c.notNull())
    .addColumn("bytes", integer, (c) => c.notNull())
    .addColumn("granted", integer)
    .addPrimaryKeyConstraint("quota_usage_key", ["project_id", "shard"])
    .modifyEnd(clustered)
    .execute();
}

/** What is there already: nobody writes while a step runs, so this is exact. */
async function countExisting(db: Kysely<unknown>): Promise<void> {
  await sql`
    insert into quota_blobs (project_id, digest, links, size)
    select r.project_id, l.digest, count(*), max(b.size)
    from repository_blobs l
    join repositories r on r.id = l.repository_id
    join blobs b on b.digest = l.digest
    group by r.project_id, l.digest`.execute(db);
  await sql`
    insert into quota_usage (project_id, shard, bytes)
    select p.id, 0,
      coalesce((select sum(q.size) from quota_blobs q where q.project_id = p.id), 0)
      + coalesce((select sum(m.size) from manifests m
          join repositories r on r.id = m.repository_id where r.project_id = p.id), 0)
    from projects p`.execute(db);
}

/** Immutable tags, and quotas. */
export const quotas: Step = {
  name: "0012-quota",
  async up(db, columns) {
    await immutability(db, columns);
    await quota(db, columns);
    await countExisting(db);
  },
};
