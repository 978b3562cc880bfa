import { type Kysely, sql } from "kysely";
import type { Engine } from "./port.ts";
import type { Schema } from "./schema/schema.ts";

/** A table as the database itself describes it: whatever a step adds is here without being listed. */
export interface TableShape {
  readonly name: string;
  /** In the table's order. */
  readonly columns: readonly string[];
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[];
  /** Whether a row may be large: it has bytes. */
  readonly hasBytes: boolean;
  /** The tables that its rows refer to. */
  readonly needs: readonly string[];
}

/** One column of one table; `key` counts from 1 along the primary key. */
interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly key: number | null;
}

interface Reference {
  readonly table: string;
  readonly needs: string;
}

const BYTES = new Set(["blob", "bytea"]);

function sqliteColumns(db: Kysely<Schema>) {
  return sql<Column>`
    select t.name as "table", c.name as name, lower(c.type) as type,
      case when c.pk > 0 then c.pk end as key
    from sqlite_schema t join pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like 'sqlite%' and t.name not like 'kysely%'
    order by t.name, c.cid`.execute(db);
}

function sqliteReferences(db: Kysely<Schema>) {
  return sql<Reference>`
    select distinct t.name as "table", f."table" as needs
    from sqlite_schema t join pragma_foreign_key_list(t.name) f
    where t.type = 'table' order by 1, 2`.execute(db);
}

function postgresColumns(db: Kysely<Schema>) {
  return sql<Column>`
    select c.relname::text as "table", a.attname::text as name,
      format_type(a.atttypid, null) as type, array_position(i.indkey::int2[], a.attnum) + 1 as key
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
      and c.relname not like 'kysely%'
    order by c.relname collate "C", a.attnum`.execute(db);
}

function postgresReferences(db: Kysely<Schema>) {
  return sql<Reference>`
    select distinct c.relname::text as "table", p.relname::text as needs
    from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_class p on p.oid = f.confrelid
    where f.contype = 'f' and c.relnamespace = current_schema()::regnamespace
    order by 1, 2`.execute(db);
}

/** Each table after those that its rows refer to. */
function inOrder(shapes: readonly TableShape[]): TableShape[] {
  const byName = new Map(shapes.map((shape) => [shape.name, shape]));
  const done = new Set<TableShape>();
  const visit = (shape: TableShape) => {
    if (done.has(shape)) return;
    for (const name of shape.needs) {
      const needed = byName.get(name);
      if (needed !== undefined && needed !== shape) visit(needed);
    }
    done.add(shape);
  };
  for (const shape of shapes) visit(shape);
  return [...done];
}

/** Describes every table of the schema, each after those that it refers to. */
export async function describeTables(db: Kysely<Schema>, engine: Engine): Promise<TableShape[]> {
  const isSqlite = engine === "sqlite";
  const columns = (await (isSqlite ? sqliteColumns(db) : postgresColumns(db))).rows;
  const references = (await (isSqlite ? sqliteReferences(db) : postgresReferences(db))).rows;
  const names = [...new Set(columns.map(({ table }) => table))];
  const shapes = names.map((name) => {
    const own = columns.filter(({ table }) => table === name);
    const key = own.filter(({ key }) => key !== null);
    return {
      name,
      columns: own.map((column) => column.name),
      key: key.sort((a, b) => (a.key ?? 0) - (b.key ?? 0)).map((column) => column.name),
      hasBytes: own.some(({ type }) => BYTES.has(type)),
      needs: references.filter(({ table }) => table === name).map(({ needs }) => needs),
    };
  });
  return inOrder(shapes);
}
