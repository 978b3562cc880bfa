import type { ReservedSQL, SQL } from "bun";
import {
  CompiledQuery as Compiled,
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import { safeParameters, safeRows } from "../safe-integers.ts";

interface Answer extends Array<Record<string, unknown>> {
  readonly count?: number | bigint;
}

/** A connection is taken from the pool only at BEGIN: plain reads share the pool's pipelines. */
class LazyConnection implements DatabaseConnection {
  readonly #pool: SQL;
  #reserved: ReservedSQL | undefined;

  constructor(pool: SQL) {
    this.#pool = pool;
  }

  async begin({ isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    this.#reserved = await this.#pool.reserve();
    const modes = [isolationLevel && `isolation level ${isolationLevel}`, accessMode];
    const begin = `begin ${modes.filter((mode) => mode !== undefined).join(", ")}`;
    // Writes find their rows by key: planning them anew each time is for nothing.
    await this.#reserved.unsafe(`${begin}; set local plan_cache_mode = auto`);
  }

  async end(verb: "commit" | "rollback"): Promise<void> {
    const reserved = this.#reserved;
    if (reserved === undefined) return;
    this.#reserved = undefined;
    try {
      await reserved.unsafe(verb);
    } finally {
      await reserved.release();
    }
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const on = this.#reserved ?? this.#pool;
    const answer: Answer = await on.unsafe(query.sql, safeParameters(query.parameters));
    const affected = answer.count === undefined ? undefined : BigInt(answer.count);
    return {
      rows: safeRows(Array.from(answer) as R[]),
      ...(affected === undefined ? {} : { numAffectedRows: affected }),
    };
  }

  // biome-ignore lint/correctness/useYield: the driver has no cursors, and nothing here streams
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("streaming reads are not possible on this driver: page by key instead");
  }
}

class Adapter extends PostgresAdapter {
  // Whoever opens the database holds a lock of its own around the migrator.
  override async acquireMigrationLock(): Promise<void> {}

  override async releaseMigrationLock(): Promise<void> {}
}

class PoolDriver implements Driver {
  readonly #pool: SQL;

  constructor(pool: SQL) {
    this.#pool = pool;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<LazyConnection> {
    return new LazyConnection(this.#pool);
  }

  async beginTransaction(connection: LazyConnection, as: TransactionSettings): Promise<void> {
    await connection.begin(as);
  }

  async commitTransaction(connection: LazyConnection): Promise<void> {
    await connection.end("commit");
  }

  async rollbackTransaction(connection: LazyConnection): Promise<void> {
    await connection.end("rollback");
  }

  async savepoint(connection: LazyConnection, name: string): Promise<void> {
    await connection.executeQuery(Compiled.raw(`savepoint "${name}"`));
  }

  async rollbackToSavepoint(connection: LazyConnection, name: string): Promise<void> {
    await connection.executeQuery(Compiled.raw(`rollback to savepoint "${name}"`));
  }

  async releaseSavepoint(connection: LazyConnection, name: string): Promise<void> {
    await connection.executeQuery(Compiled.raw(`release savepoint "${name}"`));
  }

  async releaseConnection(connection: LazyConnection): Promise<void> {
    await connection.end("rollback");
  }

  async destroy(): Promise<void> {}
}

/** Kysely on a `Bun.SQL` pool of PostgreSQL; closing the pool stays the opener's duty. */
export class BunPostgresDialect implements Dialect {
  readonly #pool: SQL;

  constructor(pool: SQL) {
    this.#pool = pool;
  }

  createDriver(): Driver {
    return new PoolDriver(this.#pool);
  }

  createQueryCompiler(): QueryCompiler {
    return new PostgresQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new Adapter();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new PostgresIntrospector(db);
  }
}
