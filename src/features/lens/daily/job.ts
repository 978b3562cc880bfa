import { DAY } from "../../../kernel/clock.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { JobHandler } from "../../../platform/jobs/port.ts";
import type { Schedule } from "../../../platform/jobs/schedules/cron.ts";
import { dropDay, dropMeasured } from "../store/keep.ts";
import { BATCH, measureAll } from "./measure.ts";

export const MEASURE = "lens.measure";

/** When the day (UTC) began that a time is in. */
export function dayOf(at: number): number {
  return at - (at % DAY);
}

export interface DailyParts {
  readonly db: Database;
  /** How long days are kept, in milliseconds. */
  readonly keep: number;
  readonly capacity: () => Promise<{ readonly total: number; readonly free: number }>;
}

/** Takes away days that are older than they are kept. */
async function purge(db: Database, before: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const day = await db.write(dropDay, { before });
    if (day === null) return;
    const drop = { day, before: Number.MAX_SAFE_INTEGER, limit: BATCH };
    while ((await db.write(dropMeasured, drop)) > 0) signal.throwIfAborted();
  }
}

/** Measures what everything takes, as the figures of the day. */
export function measureJob({ db, keep, capacity }: DailyParts): JobHandler {
  return {
    kind: MEASURE,
    async run(_payload, { signal, log, now, progress }) {
      const at = now();
      const measuring = { db, signal, capacity, now: at, day: dayOf(at), progress };
      const { repositories } = await measureAll(measuring);
      log("info", `measured ${repositories} repositories`);
      await purge(db, dayOf(at) - keep, signal);
    },
  };
}

/** At night, when there is little else to do. */
export const lensSchedules: readonly Schedule[] = [
  { name: MEASURE, kind: MEASURE, cron: "23 2 * * *", timeZone: "UTC" },
];
