import { SQL } from "bun";
import { type CompiledQuery, Kysely, sql } from "kysely";
import { databaseFault, sqlState } from "../faults.ts";
import { migrate } from "../migrate.ts";
import { parameterOrder, placeholders } from "../parameters.ts";
import type { Database, Parameter, Prepared, Procedure } from "../port.ts";
import { safeRows } from "../safe-integers.ts";
import type { Schema } from "../schema/schema.ts";
import { BunPostgresDialect } from "./dialect.ts";

/** Serialization failure and deadlock: the engine asks for the same transaction again. */
const AGAIN = new Set(["40001", "40P01"]);
const TRIES = 5;

export interface PostgresOptions {
  readonly url: string;
  /** Most connections this process holds. */
  readonly connections: number;
}

/** The lock under which nodes upgrade one after the other: any number that is nobody else's. */
const UPGRADE_LOCK = 7_365_214_098;

/**
 * All steps in one transaction under a lock that ends with it: a lock of the session would stay
 * with whichever pooled connection took it, and keep every other node out.
 */
async function upgrade(db: Kysely<Schema>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(UPGRADE_LOCK)})`.execute(tx);
    await migrate(tx, "postgres");
  });
}

/** Opens (and brings up to date) a PostgreSQL database. */
export async function openPostgres({ url, connections }: PostgresOptions): Promise<Database> {
  const pool = new SQL({ url, max: connections, bigint: true });
  const read = new Kysely<Schema>({ dialect: new BunPostgresDialect(pool) });
  try {
    await upgrade(read);
  } catch (error) {
    await pool.close({ timeout: 0 });
    throw databaseFault(error);
  }

  function prepare<P extends Record<string, Parameter>, R>(
    build: (db: Kysely<Schema>, args: P) => CompiledQuery<R>,
  ): Prepared<P, R> {
    const compiled = build(read, placeholders<P>());
    const order = parameterOrder<P>(compiled);
    return async (args) => {
      try {
        return safeRows<R>(Array.from(await pool.unsafe(compiled.sql, order(args))));
      } catch (error) {
        throw databaseFault(error);
      }
    };
  }

  async function write<A, R>(procedure: Procedure<A, R>, args: A): Promise<R> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await read.transaction().execute((tx) => procedure.run(tx, args));
      } catch (error) {
        if (attempt >= TRIES || !AGAIN.has(sqlState(error))) throw databaseFault(error);
        await new Promise((resolve) => setTimeout(resolve, attempt * 10 * Math.random()));
      }
    }
  }

  return {
    engine: "postgres",
    read,
    prepare,
    write,
    async probe() {
      try {
        await pool.unsafe("select count(*) from settings");
      } catch (error) {
        throw databaseFault(error);
      }
    },
    close: () => pool.close({ timeout: 5 }),
  };
}
