import { type CreateTableBuilder, type Kysely, sql } from "kysely";
import type { Columns, Step } from "./columns.ts";

type Making = CreateTableBuilder<string, string>;
type Part = (table: Making) => Making;

async function measured(
  db: Kysely<unknown>,
  { text, integer }: Columns,
  { table, id, of }: { readonly table: string; readonly id: string; readonly of: Part },
): Promise<void> {
  await of(db.schema.createTable(table))
    .addColumn("day", integer, (c) => c.notNull())
    .addColumn(id, text, (c) => c.notNull())
    .addColumn("manifests", integer, (c) => c.notNull())
    .addColumn("manifest_bytes", integer, (c) => c.notNull())
    .addColumn("blobs", integer, (c) => c.notNull())
    .addColumn("logical", integer, (c) => c.notNull())
    .addColumn("unique_bytes", integer, (c) => c.notNull())
    .addColumn("shared_bytes", integer, (c) => c.notNull())
    .addColumn("measured_at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint(`${table}_key`, ["day", id])
    .execute();
  await db.schema.createIndex(`${table}_history`).on(table).columns([id, "day"]).execute();
  await db.schema
    .createIndex(`${table}_largest`)
    .on(table)
    .columns(["day", "unique_bytes", id])
    .execute();
}

/** What was used stays accounted for when the repository is gone: so its name is kept with it. */
async function nameUsed(db: Kysely<unknown>, { text }: Columns): Promise<void> {
  for (const column of ["project_id", "name"]) {
    await db.schema
      .alterTable("usage_repositories")
      .addColumn(column, text, (c) => c.notNull().defaultTo(""))
      .execute();
  }
  await sql`
    update usage_repositories set
      project_id = (select r.project_id from repositories r where r.id = repository_id),
      name = (select r.name from repositories r where r.id = repository_id)
    where repository_id in (select id from repositories)`.execute(db);
  await db.schema
    .createIndex("usage_repositories_project")
    .on("usage_repositories")
    .columns(["project_id", "repository_id"])
    .execute();
  await db.schema
    .createIndex("usage_principals_repository")
    .on("usage_principals")
    .columns(["repository_id", "day", "principal_id"])
    .execute();
}

/** How much space everything took, day by day; and use by repository and account. */
export const lens: Step = {
  name: "0016-lens",
  async up(db, columns) {
    const { text, integer } = columns;
    await db.schema
      .createTable("lens_days")
      .addColumn("day", integer, (c) => c.primaryKey())
      .addColumn("stored", integer, (c) => c.notNull())
      .addColumn("logical", integer, (c) => c.notNull())
      .addColumn("capacity", integer, (c) => c.notNull())
      .addColumn("free", integer, (c) => c.notNull())
      .addColumn("measured_at", integer, (c) => c.notNull())
      .execute();
    await measured(db, columns, { table: "lens_projects", id: "project_id", of: (all) => all });
    await measured(db, columns, {
      table: "lens_repositories",
      id: "repository_id",
      of: (all) =>
        all
          .addColumn("project_id", text, (c) => c.notNull())
          .addColumn("shared_within", integer, (c) => c.notNull()),
    });
    await db.schema
      .createIndex("lens_repositories_project")
      .on("lens_repositories")
      .columns(["day", "project_id", "unique_bytes", "repository_id"])
      .execute();
    await nameUsed(db, columns);
  },
};
