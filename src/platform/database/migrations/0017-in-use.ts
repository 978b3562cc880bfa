import type { Step } from "./columns.ts";

const LANES = 16;

/** The rows at which deletions and reports of what runs meet. */
export const inUse: Step = {
  name: "0017-in-use",
  async up(db, { integer }) {
    await db.schema
      .createTable("in_use_lanes")
      .addColumn("id", integer, (c) => c.primaryKey())
      .execute();
    await db
      .withTables<{ in_use_lanes: { id: number } }>()
      .insertInto("in_use_lanes")
      .values(Array.from({ length: LANES }, (_, id) => ({ id })))
      .execute();
  },
};
