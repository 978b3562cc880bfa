import type { Step } from "./columns.ts";

/** What took the space of a project when that was last looked at, so that a refusal can say it. */
export const quotaReport: Step = {
  name: "0018-quota-report",
  async up(db, { text, integer }) {
    for (const [column, type] of [
      ["report", text],
      ["reported_at", integer],
      ["report_took", integer],
    ] as const) {
      await db.schema.alterTable("quotas").addColumn(column, type).execute();
    }
  },
};
