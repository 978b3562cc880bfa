import { DAY } from "../../../kernel/clock.ts";
import type { Tx } from "../../../platform/database/port.ts";
import type { ReclaimDaysTable } from "../../../platform/database/schema/reclaim.ts";

/** What became of one batch, or of one day. */
export type Reclaimed = Omit<ReclaimDaysTable, "day">;

export const NOTHING: Reclaimed = { trashed: 0, manifests: 0, links: 0, blobs: 0, bytes: 0 };

export function dayOf(now: number): number {
  return now - (now % DAY);
}

/** Adds to the figures of the day: last in a transaction, since the row is one for all nodes. */
export async function count(tx: Tx, now: number, more: Partial<Reclaimed>): Promise<void> {
  const row = { ...NOTHING, ...more };
  if (Object.values(row).every((figure) => figure === 0)) return;
  await tx
    .insertInto("reclaim_days")
    .values({ day: dayOf(now), ...row })
    .onConflict((c) =>
      c.column("day").doUpdateSet((e) => ({
        trashed: e("reclaim_days.trashed", "+", row.trashed),
        manifests: e("reclaim_days.manifests", "+", row.manifests),
        links: e("reclaim_days.links", "+", row.links),
        blobs: e("reclaim_days.blobs", "+", row.blobs),
        bytes: e("reclaim_days.bytes", "+", row.bytes),
      })),
    )
    .execute();
}
