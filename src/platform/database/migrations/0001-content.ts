import { type Kysely, sql } from "kysely";
import type { Columns, Step } from "./columns.ts";

async function names(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("projects")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("deleted_at", integer)
    .addColumn("untagged_after", integer)
    .execute();
  await db.schema
    .createTable("repositories")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("project_id", text, (c) => c.notNull().references("projects.id"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("deleted_at", integer)
    .execute();
  // A deleted name may be taken again by a new id while the old one waits in the trash.
  await sql`create unique index projects_live_name on projects (name) where deleted_at is null`.execute(
    db,
  );
  await sql`create unique index repositories_live_name on repositories (name) where deleted_at is null`.execute(
    db,
  );
  await db.schema
    .createIndex("repositories_project")
    .on("repositories")
    .column("project_id")
    .execute();
}

async function blobs(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("blobs")
    .addColumn("digest", text, (c) => c.primaryKey())
    .addColumn("size", integer, (c) => c.notNull())
    .addColumn("location", text, (c) => c.notNull())
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("last_touched", integer, (c) => c.notNull())
    .addColumn("reclaim_after", integer)
    .execute();
  await sql`create index blobs_due on blobs (reclaim_after) where reclaim_after is not null`.execute(
    db,
  );
  await db.schema
    .createTable("repository_blobs")
    .addColumn("repository_id", text, (c) => c.notNull().references("repositories.id"))
    .addColumn("digest", text, (c) => c.notNull().references("blobs.digest"))
    .addColumn("linked_at", integer, (c) => c.notNull())
    .addColumn("deleted_at", integer)
    .addColumn("reclaim_after", integer)
    .addPrimaryKeyConstraint("repository_blobs_key", ["repository_id", "digest"])
    .execute();
  await db.schema
    .createIndex("repository_blobs_digest")
    .on("repository_blobs")
    .columns(["digest", "repository_id"])
    .execute();
  await sql`create index repository_blobs_due on repository_blobs (reclaim_after) where reclaim_after is not null`.execute(
    db,
  );
}

async function manifests(db: Kysely<unknown>, { text, integer, bytes }: Columns): Promise<void> {
  await db.schema
    .createTable("manifests")
    .addColumn("repository_id", text, (c) => c.notNull().references("repositories.id"))
    .addColumn("digest", text, (c) => c.notNull())
    .addColumn("media_type", text, (c) => c.notNull())
    .addColumn("artifact_type", text)
    .addColumn("subject", text)
    .addColumn("size", integer, (c) => c.notNull())
    .addColumn("annotations", text)
    .addColumn("pushed_at", integer, (c) => c.notNull())
    .addColumn("pushed_by", text, (c) => c.notNull())
    .addColumn("deleted_at", integer)
    .addColumn("deleted_by", text)
    .addColumn("reclaim_after", integer)
    .addColumn("payload", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("manifests_key", ["repository_id", "digest"])
    .execute();
  await sql`create index manifests_subject on manifests (repository_id, subject, digest) where subject is not null`.execute(
    db,
  );
  await sql`create index manifests_due on manifests (reclaim_after) where reclaim_after is not null`.execute(
    db,
  );
  for (const [table, target] of [
    ["manifest_blobs", "digest"],
    ["manifest_children", "child"],
  ] as const) {
    await db.schema
      .createTable(table)
      .addColumn("repository_id", text, (c) => c.notNull())
      .addColumn("manifest", text, (c) => c.notNull())
      .addColumn(target, text, (c) => c.notNull())
      .addPrimaryKeyConstraint(`${table}_key`, ["repository_id", "manifest", target])
      .addForeignKeyConstraint(
        `${table}_manifest`,
        ["repository_id", "manifest"],
        "manifests",
        ["repository_id", "digest"],
        (c) => c.onDelete("cascade"),
      )
      .execute();
    await db.schema
      .createIndex(`${table}_${target}`)
      .on(table)
      .columns(["repository_id", target, "manifest"])
      .execute();
  }
}

async function tags(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("tags")
    .addColumn("repository_id", text, (c) => c.notNull().references("repositories.id"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("manifest", text, (c) => c.notNull())
    .addColumn("updated_at", integer, (c) => c.notNull())
    .addColumn("updated_by", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("tags_key", ["repository_id", "name"])
    .execute();
  await db.schema
    .createIndex("tags_manifest")
    .on("tags")
    .columns(["repository_id", "manifest"])
    .execute();
  await db.schema
    .createTable("tag_history")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("repository_id", text, (c) => c.notNull())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("from_manifest", text)
    .addColumn("to_manifest", text)
    .addColumn("at", integer, (c) => c.notNull())
    .addColumn("by", text, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("tag_history_tag")
    .on("tag_history")
    .columns(["repository_id", "name", "id"])
    .execute();
}

async function uploads(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("uploads")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("repository_id", text, (c) => c.notNull().references("repositories.id"))
    .addColumn("principal", text, (c) => c.notNull())
    .addColumn("received", integer, (c) => c.notNull())
    .addColumn("digest", text)
    .addColumn("algorithm", text, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("updated_at", integer, (c) => c.notNull())
    .addColumn("expires_at", integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("uploads_expiry")
    .on("uploads")
    .columns(["expires_at", "id"])
    .execute();
  await db.schema
    .createIndex("uploads_principal")
    .on("uploads")
    .columns(["principal", "id"])
    .execute();
}

/** Projects, repositories, blobs, manifests, tags, uploads, and the edges between them. */
export const content: Step = {
  name: "0001-content",
  async up(db, columns) {
    await names(db, columns);
    await blobs(db, columns);
    await manifests(db, columns);
    await tags(db, columns);
    await uploads(db, columns);
  },
};
