import { type Kysely, sql } from "kysely";
import type { RowValues } from "./pages.ts";
import type { Engine } from "./port.ts";
import type { Schema } from "./schema/schema.ts";
import type { TableShape } from "./tables.ts";

/**
 * A database without any table that is filled in one transaction: until `commit` nobody sees
 * anything of it, and whatever ends before leaves it as it was.
 */
export interface Filling {
  readonly engine: Engine;
  readonly db: Kysely<Schema>;
  commit(): Promise<void>;
  /** Takes everything back. Idempotent, and nothing after `commit`. */
  abandon(): Promise<void>;
}

/** SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535. */
const MOST_PARAMETERS = 30_000;

/** Puts rows into a table, all of them in the order of `columns`. */
export async function putRows(
  db: Kysely<Schema>,
  table: string,
  columns: readonly string[],
  rows: readonly RowValues[],
): Promise<void> {
  const most = Math.max(1, Math.floor(MOST_PARAMETERS / columns.length));
  const names = sql.join(columns.map((column) => sql.ref(column)));
  for (let start = 0; start < rows.length; start += most) {
    const values = rows.slice(start, start + most).map((row) => sql`(${sql.join(row)})`);
    await sql`insert into ${sql.table(table)} (${names}) values ${sql.join(values)}`.execute(db);
  }
}

/** Lets numbers that the engine gives to new rows begin after those that were put in. */
export async function settleNumbers(
  { db, engine }: Filling,
  shapes: readonly TableShape[],
): Promise<void> {
  if (engine === "sqlite") return;
  const { rows } = await sql<{ table: string; column: string }>`
    select table_name::text as "table", column_name::text as "column"
    from information_schema.columns
    where table_schema = current_schema() and is_identity = 'YES'`.execute(db);
  const filled = new Set(shapes.map(({ name }) => name));
  for (const { table, column } of rows.filter((row) => filled.has(row.table))) {
    await sql`
      select setval(pg_get_serial_sequence(${table}, ${column}), max(${sql.ref(column)}))
      from ${sql.table(table)}`.execute(db);
  }
}
