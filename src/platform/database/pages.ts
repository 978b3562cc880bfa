import { type Kysely, sql } from "kysely";
import type { Parameter } from "./port.ts";
import type { Schema } from "./schema/schema.ts";
import type { TableShape } from "./tables.ts";

/** A row in the order of its table's columns. */
export type RowValues = readonly Parameter[];

/** A manifest has 4 MiB at most: a page of them stays below what a process can bear. */
const ROWS = 500;
const LARGE_ROWS = 16;

/** All rows of a table in the order of its key, a page at a time over its index. */
export async function* pagesOf(
  db: Kysely<Schema>,
  { name, columns, key, hasBytes }: TableShape,
): AsyncGenerator<RowValues[]> {
  if (key.length === 0) throw new TypeError(`the table ${name} has no primary key`);
  const limit = hasBytes ? LARGE_ROWS : ROWS;
  const keyAt = key.map((column) => columns.indexOf(column));
  const [table, keys] = [sql.table(name), sql.join(key.map((column) => sql.ref(column)))];
  const selected = sql.join(columns.map((column) => sql.ref(column)));
  let after: Parameter[] | undefined;
  for (;;) {
    const beyond = after === undefined ? sql`` : sql`where (${keys}) > (${sql.join(after)})`;
    const page = await sql<Record<string, Parameter>>`
      select ${selected} from ${table} ${beyond} order by ${keys} limit ${sql.lit(limit)}`.execute(
      db,
    );
    const rows = page.rows.map((row) => columns.map((column) => row[column] ?? null));
    if (rows.length > 0) yield rows;
    if (rows.length < limit) return;
    const last = rows.at(-1) ?? [];
    after = keyAt.map((index) => last[index] ?? null);
  }
}
