import {
  type DeleteQueryBuilder,
  type DeleteResult,
  sql,
  type UpdateQueryBuilder,
  type UpdateResult,
} from "kysely";
import type { Parameter } from "../../src/platform/database/port.ts";
import { type Procedure, procedure } from "../../src/platform/database/port.ts";
import type { Schema } from "../../src/platform/database/schema/schema.ts";

export interface Rows {
  readonly table: keyof Schema;
  readonly rows: readonly Readonly<Record<string, Parameter>>[];
}

/** Rows written as they are, where a test is about reading them. */
export const insertRows: Procedure<Rows, void> = procedure(
  "test.insert-rows",
  async (tx, { table, rows }) => {
    await tx
      .insertInto(table)
      .values(rows as never)
      .execute();
  },
);

export interface Matching {
  readonly table: keyof Schema;
  /** Columns and the values that they have in the rows that go. */
  readonly where: Readonly<Record<string, Parameter>>;
}

/** Takes rows away, whatever depends on them. */
export const deleteRows: Procedure<Matching, void> = procedure(
  "test.delete-rows",
  async (tx, { table, where }) => {
    let query = tx.deleteFrom(table) as DeleteQueryBuilder<Schema, never, DeleteResult>;
    for (const [column, value] of Object.entries(where)) {
      query = query.where(sql.ref(column), "=", value as never);
    }
    await query.execute();
  },
);

export interface StampedRow {
  readonly table: "manifests" | "repository_blobs" | "blobs";
  readonly where: Readonly<Record<string, Parameter>>;
  readonly at: number;
}

/** Sets a stamp that nothing asked for. */
export const stampRow: Procedure<StampedRow, void> = procedure(
  "test.stamp-row",
  async (tx, { table, where, at }) => {
    let query = tx.updateTable(table).set({ reclaim_after: at });
    for (const [column, value] of Object.entries(where)) {
      query = query.where(sql.ref(column), "=", value as never);
    }
    await query.execute();
  },
);

export interface Changed extends Matching {
  readonly set: Readonly<Record<string, Parameter>>;
}

/** Changes rows behind the program's back. */
export const updateRows: Procedure<Changed, void> = procedure(
  "test.update-rows",
  async (tx, { table, where, set }) => {
    type Query = UpdateQueryBuilder<Schema, never, never, UpdateResult>;
    let query = tx.updateTable(table).set(set as never) as unknown as Query;
    for (const [column, value] of Object.entries(where)) {
      query = query.where(sql.ref(column), "=", value as never);
    }
    await query.execute();
  },
);
