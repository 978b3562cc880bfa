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

/** Lets whoever changes the schema of this database come one after the other; ends with `tx`. */
export async function lockUpgrade(tx: Kysely<Schema>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(UPGRADE_LOCK)})`.execute(tx);
}

/**
 * All steps in one transaction under a lock that ends with it: a lock of the session would stay
 * with whichever pooled connection took it, and keep every other node out.
 */
async function upgrade(db: Kysely<Schema>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await lockUpgrade(tx);
    await migrate(tx, "postgres");
  });
}

/** Brings a database up to date without opening it. */
export async function upgradePostgres(url: string): Promise<void> {
  const db = await openPostgres({ url, connections: 2 });
  await db.close();
}

/**
 * Connections for the reads that are compiled once, of which there are many and short ones; the
 * rest is for everything else.
 */
function shareOf(connections: number): { readonly compiled: number; readonly other: number } {
  const compiled = Math.max(1, Math.floor(connections * 0.4));
  return { compiled, other: Math.max(1, connections - compiled) };
}

/**
 * After five runs of a statement PostgreSQL may plan it once for all values: right for the reads
 * that find a row by its key, and wrong for lists, whose values say how much there is to go through
 * (a page of 10⁵ tags took 6 ms five times, and 270 ms from then on).
 */
const BY_VALUES = { plan_cache_mode: "force_custom_plan" };

/** Opens (and brings up to date) a PostgreSQL database. */
export async function openPostgres({ url, connections }: PostgresOptions): Promise<Database> {
  const share = shareOf(connections);
  const pool = new SQL({ url, max: share.other, bigint: true, connection: BY_VALUES });
  const hot = new SQL({ url, max: share.compiled, bigint: true });
  const read = new Kysely<Schema>({ dialect: new BunPostgresDialect(pool) });
  try {
    await upgrade(read);
  } catch (error) {
    await Promise.all([pool.close({ timeout: 0 }), hot.close({ timeout: 0 })]);
    throw databaseFault(error);
  }

  function prepare<P extends Record<string, Parameter>, R>(
    build: (db: Kysely<Schema>, args: P) => CompiledQuery<R>,
  ): Prepared<P, R> {
    const compiled = build(read, placeholders<P>());
    const order = parameterOrder<P>(compiled);
    return async (args) => {
      try {
        return safeRows<R>(Array.from(await hot.unsafe(compiled.sql, order(args))));
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
    async snapshot(work) {
      const view = read.transaction().setIsolationLevel("repeatable read");
      try {
        return await view.setAccessMode("read only").execute(async (tx) => {
          // The view is of the moment of the first query, not of the beginning.
          await sql`select count(*) from settings`.execute(tx);
          return await work(tx);
        });
      } catch (error) {
        throw databaseFault(error);
      }
    },
    async probe() {
      try {
        await pool.unsafe("select count(*) from settings");
      } catch (error) {
        throw databaseFault(error);
      }
    },
    async close() {
      await Promise.all([pool.close({ timeout: 5 }), hot.close({ timeout: 5 })]);
    },
  };
}
