import { DAY, HOUR } from "../../../kernel/clock.ts";
import type { Database, Procedure } from "../../../platform/database/port.ts";
import type { JobHandler } from "../../../platform/jobs/port.ts";
import type { Schedule } from "../../../platform/jobs/schedules/cron.ts";
import { purgeUnconfirmed } from "../factors/store/manage.ts";
import { purgeSessions } from "./store/end.ts";

const KIND = "identity.purge-sessions";
const BATCH = 200;

/** How long an ended session stays to be looked at. */
const KEEP_SESSIONS = 30 * DAY;
/** How long an authenticator app may wait for its first code. */
const KEEP_UNCONFIRMED = HOUR;

type PurgeProcedure = Procedure<{ before: number; limit: number }, number>;

/** Removes sessions long ended and enrolments that nobody finished, in small transactions. */
export function purgeSessionsJob(db: Database): JobHandler {
  async function all(purge: PurgeProcedure, before: number, signal: AbortSignal): Promise<number> {
    let gone = 0;
    for (let went = BATCH; went === BATCH && !signal.aborted; gone += went) {
      went = await db.write(purge, { before, limit: BATCH });
    }
    return gone;
  }
  return {
    kind: KIND,
    async run(_payload, { signal, log, now }) {
      const sessions = await all(purgeSessions, now() - KEEP_SESSIONS, signal);
      const factors = await all(purgeUnconfirmed, now() - KEEP_UNCONFIRMED, signal);
      if (sessions + factors === 0) return;
      log("info", `removed ${sessions} ended sessions and ${factors} unfinished enrolments`);
    },
  };
}

/** Every hour, away from the full hour when everybody else's jobs start. */
export const sessionsPurgeSchedule: Schedule = {
  name: KIND,
  kind: KIND,
  cron: "37 * * * *",
  timeZone: "UTC",
};
