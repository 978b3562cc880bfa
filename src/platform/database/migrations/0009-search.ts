import { type Kysely, sql } from "kysely";
import type { Columns, Step } from "./columns.ts";

/** The tables stand alone: what they tell of that is there no more is left out where it is read. */
async function index(db: Kysely<unknown>, columns: Columns): Promise<void> {
  const { text, integer, number, clustered } = columns;
  await db.schema
    .createTable("search_projects")
    .addColumn("number", number, (c) => c.primaryKey())
    .addColumn("project_id", text, (c) => c.notNull().unique())
    .execute();
  await db.schema
    .createTable("search_repositories")
    .addColumn("number", number, (c) => c.primaryKey())
    .addColumn("repository_id", text, (c) => c.notNull().unique())
    .addColumn("project", integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("search_texts")
    .addColumn("number", number, (c) => c.primaryKey())
    .addColumn("project", integer, (c) => c.notNull())
    .addColumn("field", text, (c) => c.notNull())
    .addColumn("text", text, (c) => c.notNull())
    .addUniqueConstraint("search_texts_key", ["project", "field", "text"])
    .execute();
  await db.schema
    .createTable("search_terms")
    .addColumn("project", integer, (c) => c.notNull())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("term", text, (c) => c.notNull())
    .addColumn("text", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("search_terms_key", ["project", "kind", "term", "text"])
    .modifyEnd(clustered)
    .execute();
  await db.schema
    .createIndex("search_terms_everywhere")
    .on("search_terms")
    .columns(["kind", "term", "text", "project"])
    .execute();
  await db.schema
    .createTable("search_holders")
    .addColumn("text", integer, (c) => c.notNull())
    .addColumn("repository", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("search_holders_key", ["text", "repository"])
    .modifyEnd(clustered)
    .execute();
  await db.schema
    .createIndex("search_holders_repository")
    .on("search_holders")
    .columns(["repository", "text"])
    .execute();
}

async function artifacts(db: Kysely<unknown>, columns: Columns): Promise<void> {
  const { text, integer, number, clustered } = columns;
  await db.schema
    .createTable("search_artifacts")
    .addColumn("number", number, (c) => c.primaryKey())
    .addColumn("repository", integer, (c) => c.notNull())
    .addColumn("digest", text, (c) => c.notNull())
    .addUniqueConstraint("search_artifacts_key", ["repository", "digest"])
    .execute();
  await db.schema
    .createTable("search_attributes")
    .addColumn("text", integer, (c) => c.notNull())
    .addColumn("repository", integer, (c) => c.notNull())
    .addColumn("artifact", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("search_attributes_key", ["text", "repository", "artifact"])
    .modifyEnd(clustered)
    .execute();
  await db.schema
    .createIndex("search_attributes_artifact")
    .on("search_attributes")
    .columns(["artifact", "text"])
    .execute();
  await sql`create index manifests_digest on manifests (digest, repository_id) where deleted_at is null`.execute(
    db,
  );
}

/** What people marked, and what they looked at. */
async function personal(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  for (const table of ["stars", "visits"]) {
    await db.schema
      .createTable(table)
      .addColumn("principal_id", text, (c) => c.notNull())
      .addColumn("repository_id", text, (c) => c.notNull())
      .addColumn("at", integer, (c) => c.notNull())
      .addPrimaryKeyConstraint(`${table}_key`, ["principal_id", "repository_id"])
      .execute();
    await db.schema
      .createIndex(`${table}_at`)
      .on(table)
      .columns(["principal_id", "at", "repository_id"])
      .execute();
  }
}

/** Where words begin in what people search; stars and visits. */
export const search: Step = {
  name: "0009-search",
  async up(db, columns) {
    await index(db, columns);
    await artifacts(db, columns);
    await personal(db, columns);
  },
};
