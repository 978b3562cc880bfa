import type { Database } from "../../../platform/database/port.ts";
import type { ReclaimSettings } from "../settings.ts";

/** How long things are kept, in milliseconds. */
export type Kept = Pick<ReclaimSettings, "grace" | "trashKeep">;

/** What is due, and when: reads of the sweeper, each the first row of an index. */
export function dueReads(db: Database) {
  const first = (["manifests", "repository_blobs", "blobs"] as const).map((table) =>
    db.prepare((q, _: Record<string, never>) =>
      q
        .selectFrom(table)
        .select("reclaim_after as at")
        .where("reclaim_after", "is not", null)
        .orderBy("reclaim_after")
        .limit(1)
        .compile(),
    ),
  );
  const oldest = db.prepare((q, _: Record<string, never>) =>
    q.selectFrom("displaced_copies").select("since").orderBy("since").limit(1).compile(),
  );
  const deleted = db.prepare((q, p: { keep: number }) =>
    q
      .selectFrom("repositories as r")
      .leftJoin("projects as o", "o.id", "r.project_id")
      .select((e) =>
        e.fn
          .min(e.fn.coalesce("r.emptied_at", "o.emptied_at", e("r.deleted_at", "+", p.keep)))
          .as("at"),
      )
      .where("r.deleted_at", "is not", null)
      .compile(),
  );
  const displaced = db.prepare((q, p: { before: number; limit: number }) =>
    q
      .selectFrom("displaced_copies")
      .select("location")
      .where("since", "<=", p.before)
      .orderBy("since")
      .limit(p.limit)
      .compile(),
  );
  return {
    /** When the next row is due, or the next deleted repository; null when there is none. */
    async next({ grace, trashKeep: keep }: Kept): Promise<number | null> {
      const times: number[] = [];
      for (const look of first) {
        for (const { at } of await look({})) if (at !== null) times.push(at);
      }
      for (const { since } of await oldest({})) times.push(since + grace);
      for (const { at } of await deleted({ keep })) if (at !== null) times.push(Number(at));
      return times.length === 0 ? null : Math.min(...times);
    },
    /** Where copies are that were displaced by then. */
    async displaced(before: number, limit: number): Promise<{ location: string }[]> {
      return displaced({ before, limit });
    },
  };
}

export type DueReads = ReturnType<typeof dueReads>;
