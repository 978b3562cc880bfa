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
