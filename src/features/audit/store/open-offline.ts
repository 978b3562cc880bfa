import { Kysely } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import { openPostgres } from "../../../platform/database/postgres/open.ts";
import type { Schema } from "../../../platform/database/schema/schema.ts";
import { connect } from "../../../platform/database/sqlite/connection.ts";
import { BunSqliteDialect } from "../../../platform/database/sqlite/dialect.ts";

/** A database that is only read, beside whatever server works on it. */
export interface ReadOnly {
  readonly db: Pick<Database, "read">;
  close(): Promise<void>;
}

/** A file that is there. Nothing is brought up to date; the connection refuses to write. */
export function readSqlite(file: string): ReadOnly {
  const connection = connect(file, "read");
  const read = new Kysely<Schema>({ dialect: new BunSqliteDialect(connection) });
  return { db: { read }, close: async () => connection.close() };
}

/** The server itself refuses to write: a schema of another version stays what it is. */
export async function readPostgres(url: string): Promise<ReadOnly> {
  const only = new URL(url);
  only.searchParams.set("default_transaction_read_only", "on");
  const db = await openPostgres({ url: only.href, connections: 1 });
  return { db, close: () => db.close() };
}
