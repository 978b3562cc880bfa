import { SQL } from "bun";
import { Kysely, sql } from "kysely";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { databaseFault } from "../faults.ts";
import type { Filling } from "../filling.ts";
import type { Schema } from "../schema/schema.ts";
import { BunPostgresDialect } from "./dialect.ts";
import { lockUpgrade } from "./open.ts";

/** Begins to fill a PostgreSQL database. Throws `backup.not_empty` where it has tables. */
export async function fillPostgres(url: string): Promise<Filling> {
  const pool = new SQL({ url, max: 1, bigint: true });
  const db = new Kysely<Schema>({ dialect: new BunPostgresDialect(pool) });
  try {
    const tx = await db.startTransaction().execute();
    // A server that starts meanwhile waits here, and then finds what was restored.
    await lockUpgrade(tx);
    const { rows } = await sql`
      select 1 from pg_class where relnamespace = current_schema()::regnamespace limit 1`.execute(
      tx,
    );
    if (rows.length > 0)
      throw failure("backup.not_empty", { path: new URL(url).pathname.slice(1) });
    let open = true;
    return {
      engine: "postgres",
      db: tx,
      async commit() {
        await tx.commit().execute();
        open = false;
        await pool.close({ timeout: 5 });
      },
      async abandon() {
        if (!open) return;
        open = false;
        try {
          await tx.rollback().execute();
        } finally {
          await pool.close({ timeout: 0 });
        }
      },
    };
  } catch (error) {
    await pool.close({ timeout: 0 });
    throw databaseFault(error);
  }
}
