import { type Kysely, sql } from "kysely";
import type { Columns, Step } from "./columns.ts";

async function widen(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  for (const name of ["display_name", "email", "description", "project_id"]) {
    await db.schema.alterTable("principals").addColumn(name, text).execute();
  }
  const local = (table: string, column: string, value: number) =>
    db.schema
      .alterTable(table)
      .addColumn(column, integer, (c) => c.notNull().defaultTo(value))
      .execute();
  await db.schema
    .alterTable("principals")
    .addColumn("origin", text, (c) => c.notNull().defaultTo("local"))
    .execute();
  await local("principals", "generation", 1);
  await local("principals", "must_change_password", 0);
  await local("principals", "version", 1);
  await db.schema.alterTable("principals").addColumn("last_login_at", integer).execute();
  await local("projects", "public", 0);
  await local("projects", "version", 1);
  await db.schema.alterTable("projects").addColumn("addresses", text).execute();
  await db.schema.alterTable("projects").addColumn("description", text).execute();
  await sql`create index principals_robots on principals (project_id, name) where kind = 'robot'`.execute(
    db,
  );
}

async function people(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("identities")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id"))
    .addColumn("provider", text, (c) => c.notNull())
    .addColumn("issuer", text, (c) => c.notNull())
    .addColumn("subject", text, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("last_login_at", integer)
    .addUniqueConstraint("identities_subject", ["issuer", "subject"])
    .execute();
  await db.schema
    .createIndex("identities_principal")
    .on("identities")
    .column("principal_id")
    .execute();
  await db.schema
    .createTable("groups")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("description", text)
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("deleted_at", integer)
    .addColumn("version", integer, (c) => c.notNull())
    .execute();
  await sql`create unique index groups_live_name on groups (name) where deleted_at is null`.execute(
    db,
  );
  await db.schema
    .createTable("group_links")
    .addColumn("group_id", text, (c) => c.notNull().references("groups.id"))
    .addColumn("provider", text, (c) => c.notNull())
    .addColumn("external_name", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("group_links_key", ["provider", "external_name", "group_id"])
    .execute();
  await db.schema
    .createTable("group_members")
    .addColumn("group_id", text, (c) => c.notNull().references("groups.id"))
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id"))
    .addColumn("origin", text, (c) => c.notNull())
    .addColumn("added_at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("group_members_key", ["group_id", "principal_id", "origin"])
    .execute();
  await db.schema
    .createIndex("group_members_principal")
    .on("group_members")
    .column("principal_id")
    .execute();
}

async function secrets(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("tokens")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("verifier", text, (c) => c.notNull().unique())
    .addColumn("limits", text)
    .addColumn("addresses", text)
    .addColumn("claims", text)
    .addColumn("parent_id", text)
    .addColumn("generation", integer, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("expires_at", integer)
    .addColumn("last_used_at", integer)
    .addColumn("last_used_address", text)
    .addColumn("revoked_at", integer)
    .execute();
  await db.schema
    .createIndex("tokens_principal")
    .on("tokens")
    .columns(["principal_id", "kind", "id"])
    .execute();
  await sql`create index tokens_expiry on tokens (expires_at) where expires_at is not null`.execute(
    db,
  );
  await db.schema
    .createTable("sessions")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("verifier", text, (c) => c.notNull().unique())
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id"))
    .addColumn("generation", integer, (c) => c.notNull())
    .addColumn("provider", text, (c) => c.notNull())
    .addColumn("claims", text)
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("last_seen_at", integer, (c) => c.notNull())
    .addColumn("expires_at", integer, (c) => c.notNull())
    .addColumn("second_factor_at", integer)
    .addColumn("confirmed_at", integer, (c) => c.notNull())
    .addColumn("address", text)
    .addColumn("user_agent", text)
    .addColumn("ended_at", integer)
    .execute();
  await db.schema
    .createIndex("sessions_principal")
    .on("sessions")
    .columns(["principal_id", "id"])
    .execute();
  await db.schema.createIndex("sessions_expiry").on("sessions").column("expires_at").execute();
  await db.schema
    .createTable("factors")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id"))
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("secret", text, (c) => c.notNull())
    .addColumn("credential_id", text, (c) => c.unique())
    .addColumn("counter", integer, (c) => c.notNull())
    .addColumn("transports", text)
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("confirmed_at", integer)
    .addColumn("last_used_at", integer)
    .addColumn("spent_at", integer)
    .execute();
  await db.schema
    .createIndex("factors_principal")
    .on("factors")
    .columns(["principal_id", "kind"])
    .execute();
}

async function machinery(db: Kysely<unknown>, { text, integer }: Columns): Promise<void> {
  await db.schema
    .createTable("signing_keys")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("algorithm", text, (c) => c.notNull())
    .addColumn("public_key", text, (c) => c.notNull())
    .addColumn("sealed_key", text, (c) => c.notNull())
    .addColumn("created_at", integer, (c) => c.notNull())
    .addColumn("active_at", integer, (c) => c.notNull())
    .addColumn("retired_at", integer)
    .execute();
  await db.schema
    .createTable("idempotency_keys")
    .addColumn("principal_id", text, (c) => c.notNull())
    .addColumn("key", text, (c) => c.notNull())
    .addColumn("request", text, (c) => c.notNull())
    .addColumn("status", integer, (c) => c.notNull())
    .addColumn("body", text, (c) => c.notNull())
    .addColumn("location", text)
    .addColumn("created_at", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("idempotency_keys_key", ["principal_id", "key"])
    .execute();
  await db.schema
    .createIndex("idempotency_keys_age")
    .on("idempotency_keys")
    .column("created_at")
    .execute();
  await db.schema
    .createTable("counters")
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("subject", text, (c) => c.notNull())
    .addColumn("window_start", integer, (c) => c.notNull())
    .addColumn("window_end", integer, (c) => c.notNull())
    .addColumn("count", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("counters_key", ["name", "subject"])
    .execute();
  await db.schema.createIndex("counters_end").on("counters").column("window_end").execute();
  // There from the beginning, so that the very first changes have a row to wait for.
  await sql`insert into settings (name, value) values ('rights.revision', '0')`.execute(db);
}

/** Groups, outside identities, tokens, sessions, second factors, signing keys, counters. */
export const identity: Step = {
  name: "0003-identity",
  async up(db, columns) {
    await widen(db, columns);
    await people(db, columns);
    await secrets(db, columns);
    await machinery(db, columns);
  },
};
