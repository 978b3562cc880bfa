import { type Kysely, sql } from "kysely";
import type { Columns, Step } from "./columns.ts";

async function rights(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("roles")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("project_id", text, (c) => c.references("projects.id"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("description", text)
    .addColumn("permissions", text, (c) => c.notNull())
    .addColumn("second_factor", integer, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("deleted_at", integer)
    .addColumn("version", integer, (c) => c.notNull())
    .execute();
  await sql`create unique index roles_live_name on roles (coalesce(project_id, ''), name) where deleted_at is null`.execute(
    db,
  );
  await db.schema
    .createTable("bindings")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("subject_kind", text, (c) => c.notNull())
    .addColumn("subject_id", text, (c) => c.notNull())
    .addColumn("role", text, (c) => c.notNull())
    .addColumn("scope", text, (c) => c.notNull())
    .addColumn("project_id", text, (c) => c.references("projects.id"))
    .addColumn("repository_pattern", text)
    .addColumn("tag_pattern", text)
    .addColumn("condition", text)
    .addColumn("expires_at", integer)
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("created_by", text, (c) => c.notNull())
    .addColumn("version", integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("bindings_subject")
    .on("bindings")
    .columns(["subject_id", "subject_kind"])
    .execute();
  await db.schema
    .createIndex("bindings_project")
    .on("bindings")
    .columns(["project_id", "id"])
    .execute();
  await db.schema.createIndex("bindings_role").on("bindings").column("role").execute();
  await db.schema
    .createTable("trust_rules")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id"))
    .addColumn("project_id", text, (c) => c.references("projects.id"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("issuer", text, (c) => c.notNull())
    .addColumn("jwks_url", text)
    .addColumn("audience", text, (c) => c.notNull())
    .addColumn("subject_pattern", text, (c) => c.notNull())
    .addColumn("condition", text)
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("disabled_at", integer)
    .addColumn("deleted_at", integer)
    .addColumn("last_used_at", integer)
    .addColumn("version", integer, (c) => c.notNull())
    .execute();
  await sql`create index trust_rules_issuer on trust_rules (issuer) where deleted_at is null`.execute(
    db,
  );
  await db.schema
    .createIndex("trust_rules_project")
    .on("trust_rules")
    .columns(["project_id", "id"])
    .execute();
}

async function audit(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("audit")
    .addColumn("chain", integer, (c) => c.notNull())
    .addColumn("seq", integer, (c) => c.notNull())
    .addColumn("id", text, (c) => c.notNull())
    .addColumn("at", integer, (c) => c.notNull())
    .addColumn("actor_id", text, (c) => c.notNull())
    .addColumn("actor_kind", text, (c) => c.notNull())
    .addColumn("actor_name", text, (c) => c.notNull())
    .addColumn("via", text, (c) => c.notNull())
    .addColumn("credential_id", text)
    .addColumn("address", text)
    .addColumn("request_id", text)
    .addColumn("action", text, (c) => c.notNull())
    .addColumn("object_kind", text, (c) => c.notNull())
    .addColumn("object_id", text)
    .addColumn("object_name", text)
    .addColumn("project_id", text)
    .addColumn("result", text, (c) => c.notNull())
    .addColumn("reason", text)
    .addColumn("details", text, (c) => c.notNull())
    .addColumn("hash", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("audit_key", ["chain", "seq"])
    .execute();
  await db.schema.createIndex("audit_id").unique().on("audit").column("id").execute();
  await db.schema.createIndex("audit_project").on("audit").columns(["project_id", "id"]).execute();
  await db.schema.createIndex("audit_actor").on("audit").columns(["actor_id", "id"]).execute();
  await db.schema
    .createTable("audit_heads")
    .addColumn("chain", integer, (c) => c.primaryKey())
    .addColumn("seq", integer, (c) => c.notNull())
    .addColumn("hash", text, (c) => c.notNull())
    .addColumn("mac", text, (c) => c.notNull())
    .addColumn("purged_seq", integer, (c) => c.notNull())
    .addColumn("purged_hash", text, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("audit_checkpoints")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("chain", integer, (c) => c.notNull())
    .addColumn("seq", integer, (c) => c.notNull())
    .addColumn("hash", text, (c) => c.notNull())
    .addColumn("at", integer, (c) => c.notNull())
    .addColumn("signature", text, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("audit_checkpoints_chain")
    .on("audit_checkpoints")
    .columns(["chain", "seq"])
    .execute();
}

/** Roles, bindings, trust rules, and the audit log. */
export const access: Step = {
  name: "0004-access",
  async up(db, columns) {
    await rights(db, columns);
    await audit(db, columns);
  },
};
