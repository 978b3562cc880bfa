import { sql } from "kysely";
import { type Database, procedure } from "../../platform/database/port.ts";

/** What is counted, in the table that other counters share. */
const NAME = "pull";

/** One subject's count in its window. Times in milliseconds since the epoch. */
export interface Count {
  readonly subject: string;
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

export interface AddPulls {
  /** In the order of their subjects, so that two nodes never wait for each other crosswise. */
  readonly counts: readonly Count[];
  readonly now: number;
}

/**
 * Adds to the counts of the windows that are open, and opens those that are not: the window that
 * is already there counts, whichever node began it. Gives what is there afterwards.
 */
export const addPulls = procedure(
  "limits.add-pulls",
  async (tx, { counts, now }: AddPulls): Promise<Count[]> => {
    const open = sql<boolean>`counters.window_end > ${now}`;
    const rows = await tx
      .insertInto("counters")
      .values(
        counts.map(({ subject, start, end, count }) => ({
          name: NAME,
          subject,
          window_start: start,
          window_end: end,
          count,
        })),
      )
      .onConflict((c) =>
        c.columns(["name", "subject"]).doUpdateSet({
          window_start: sql`case when ${open} then counters.window_start else excluded.window_start end`,
          window_end: sql`case when ${open} then counters.window_end else excluded.window_end end`,
          count: sql`case when ${open} then counters.count else 0 end + excluded.count`,
        }),
      )
      .returning(["subject", "window_start as start", "window_end as end", "count"])
      .execute();
    return rows;
  },
);

export const limitProcedures = [addPulls];

/** The reads of counts and of the groups that limits leave out. */
export function limitReads(db: Database) {
  const one = db.prepare((q, p: { name: string; subject: string; now: number }) =>
    q
      .selectFrom("counters")
      .select(["subject", "window_start as start", "window_end as end", "count"])
      .where("name", "=", p.name)
      .where("subject", "=", p.subject)
      .where("window_end", ">", p.now)
      .compile(),
  );
  return {
    /** The subject's count, where a window of theirs is open. */
    async count(subject: string, now: number): Promise<Count | undefined> {
      return (await one({ name: NAME, subject, now }))[0];
    },
    /** Ids of the live groups of these names. */
    async groups(names: readonly string[]): Promise<Set<string>> {
      const rows = await db.read
        .selectFrom("groups")
        .select("id")
        .where("name", "in", names)
        .where("deleted_at", "is", null)
        .execute();
      return new Set(rows.map((row) => row.id));
    },
  };
}
