import { closeSync, openSync } from "node:fs";
import { type CompiledQuery, Kysely } from "kysely";
import { databaseFault } from "../faults.ts";
import { migrate } from "../migrate.ts";
import { parameterOrder, placeholders } from "../parameters.ts";
import type { Database, Parameter, Prepared, Procedure } from "../port.ts";
import { safeRows } from "../safe-integers.ts";
import type { Schema } from "../schema/schema.ts";
import { connect } from "./connection.ts";
import { BunSqliteDialect } from "./dialect.ts";
import { Writer } from "./writer.ts";

export interface SqliteOptions {
  readonly file: string;
  /** The program whose thread becomes the writer: it must call `runWriter`. */
  readonly writerEntry: string | URL;
}

/**
 * Makes a database where there is none, and brings it up to date.
 *
 * All steps in one transaction: the migrator itself opens none on SQLite, and one that died
 * half-way would leave tables that the next start stumbles over.
 */
export async function upgradeSqlite(file: string): Promise<void> {
  // It holds verifiers of passwords: made for its owner alone, as its companions then are too.
  closeSync(openSync(file, "a", 0o600));
  const connection = connect(file, "write");
  try {
    connection.run("begin immediate");
    await migrate(new Kysely<Schema>({ dialect: new BunSqliteDialect(connection) }), "sqlite");
    connection.run("commit");
  } catch (error) {
    throw databaseFault(error);
  } finally {
    // Closing takes back what was not committed.
    connection.close();
  }
}

/** Opens (and brings up to date) a SQLite database: a reader here, the writer in its own thread. */
export async function openSqlite({ file, writerEntry }: SqliteOptions): Promise<Database> {
  await upgradeSqlite(file);
  const reader = connect(file, "read");
  const read = new Kysely<Schema>({ dialect: new BunSqliteDialect(reader) });
  const writer = await Writer.start(writerEntry, file);

  function prepare<P extends Record<string, Parameter>, R>(
    build: (db: Kysely<Schema>, args: P) => CompiledQuery<R>,
  ): Prepared<P, R> {
    const compiled = build(read, placeholders<P>());
    const order = parameterOrder<P>(compiled);
    const statement = reader.query<R, Parameter[]>(compiled.sql);
    return async (args) => {
      try {
        return safeRows(statement.all(...order(args)));
      } catch (error) {
        throw databaseFault(error);
      }
    };
  }

  return {
    engine: "sqlite",
    read,
    prepare,
    write: <A, R>(procedure: Procedure<A, R>, args: A) => writer.write(procedure, args),
    async snapshot(work) {
      let view: ReturnType<typeof connect> | undefined;
      try {
        view = connect(file, "read");
        view.run("begin");
        // The view is of the moment of the first read, not of the beginning.
        view.query("select count(*) from settings").get();
        return await work(new Kysely<Schema>({ dialect: new BunSqliteDialect(view) }));
      } catch (error) {
        throw databaseFault(error);
      } finally {
        view?.close();
      }
    },
    async probe() {
      try {
        reader.query("select count(*) from settings").get();
      } catch (error) {
        throw databaseFault(error);
      }
    },
    async close() {
      await writer.close();
      reader.close();
    },
  };
}
