import type { Step } from "./columns.ts";

/** Who keeps content from being reclaimed for a while, and the row at which sweepers and they meet. */
export const backup: Step = {
  name: "0015-backup",
  async up(db, { text, integer }) {
    await db.schema
      .createTable("holds")
      .addColumn("id", text, (c) => c.primaryKey())
      .addColumn("until", integer, (c) => c.notNull())
      .addColumn("why", text, (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("hold_gate")
      .addColumn("id", integer, (c) => c.primaryKey())
      .execute();
    await db
      .withTables<{ hold_gate: { id: number } }>()
      .insertInto("hold_gate")
      .values({ id: 1 })
      .execute();
  },
};
