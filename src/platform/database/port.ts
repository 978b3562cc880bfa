import type { CompiledQuery, Kysely, Transaction } from "kysely";
import type { Schema } from "./schema/schema.ts";

export type Engine = "sqlite" | "postgres";

/** What a write procedure works on: one open transaction. */
export type Tx = Transaction<Schema>;

/**
 * A named write transaction: plain data in, plain data out, nothing but SQL inside.
 *
 * On SQLite it runs whole inside the writer's thread, so that no other thread can hold the write
 * lock, and neighbours share one commit; on PostgreSQL it runs on a connection of its own.
 * Arguments and results must be structured-cloneable, and time comes in as an argument.
 */
export interface Procedure<A, R> {
  readonly name: string;
  readonly run: (tx: Tx, args: A) => Promise<R>;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds procedures of every signature
export type AnyProcedure = Procedure<any, any>;

/** Declares a write transaction. `name` is unique: `<feature>.<verb>`. */
export function procedure<A, R>(
  name: string,
  run: (tx: Tx, args: A) => Promise<R>,
): Procedure<A, R> {
  return { name, run };
}

/** Values that both engines take as parameters. */
export type Parameter = string | number | null | Uint8Array;

/** A read compiled once and run many times. */
export type Prepared<P, R> = (args: P) => Promise<R[]>;

/** The metadata of a registry: reads at once, writes as procedures. */
export interface Database {
  readonly engine: Engine;
  /** Reads outside the hot paths. Never writes: the SQLite reader refuses to. */
  readonly read: Kysely<Schema>;
  /** Compiles a read once: `args` become parameters in the order in which the query names them. */
  prepare<P extends Record<string, Parameter>, R>(
    build: (db: Kysely<Schema>, args: P) => CompiledQuery<R>,
  ): Prepared<P, R>;
  /**
   * Runs a procedure in a transaction of its own; resolves when it is durable.
   * Throws the procedure's own `Failure`, or `service.database_unavailable`.
   */
  write<A, R>(procedure: Procedure<A, R>, args: A): Promise<R>;
  /**
   * Gives `work` the whole database as it is at one moment, however long the reading takes and
   * whatever is written meanwhile. Ends with `work`. Throws what it throws, or
   * `service.database_unavailable`.
   */
  snapshot<R>(work: (view: Kysely<Schema>) => Promise<R>): Promise<R>;
  /** Throws `service.database_unavailable` when the database cannot answer. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
