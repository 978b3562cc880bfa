import { DAY } from "../../../kernel/clock.ts";
import type { Database } from "../../database/port.ts";
import type { JobHandler } from "../port.ts";
import type { Schedule } from "../schedules/cron.ts";
import { purgeJobs } from "./store.ts";

const KIND = "jobs.purge";
const BATCH = 200;

/** How long an ended job stays to be looked at. */
export const KEEP_FINISHED = 7 * DAY;

/** Removes jobs that ended more than `keepMs` ago, in small transactions. */
export function purgeHandler(db: Database, keepMs: number = KEEP_FINISHED): JobHandler {
  return {
    kind: KIND,
    async run(_payload, { signal, log, now }) {
      const before = now() - keepMs;
      let gone = 0;
      for (let went = BATCH; went === BATCH && !signal.aborted; gone += went) {
        went = await db.write(purgeJobs, { before, limit: BATCH });
      }
      log("info", `removed ${gone} jobs that had ended`);
    },
  };
}

/** Every hour, away from the full hour when everybody else's jobs start. */
export const purgeSchedule: Schedule = {
  name: KIND,
  kind: KIND,
  cron: "17 * * * *",
  timeZone: "UTC",
};
