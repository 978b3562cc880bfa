import type { Database } from "../../../platform/database/port.ts";
import type { JobHandler } from "../../../platform/jobs/port.ts";
import type { Schedule } from "../../../platform/jobs/schedules/cron.ts";
import { purgeIdentity } from "./store.ts";

const KIND = "identity.purge";
const BATCH = 200;

/** Takes away ended tokens, counters and idempotency keys whose time is over. */
export function purgeIdentityJob(db: Database): JobHandler {
  return {
    kind: KIND,
    async run(_, { signal, log, now }) {
      let gone = 0;
      while (!signal.aborted) {
        const { tokens, counters, idempotencyKeys } = await db.write(purgeIdentity, {
          now: now(),
          limit: BATCH,
        });
        gone += tokens + counters + idempotencyKeys;
        if (Math.max(tokens, counters, idempotencyKeys) < BATCH) break;
      }
      if (gone > 0) log("info", `removed ${gone} ended tokens, counters and idempotency keys`);
    },
  };
}

/** When the purge runs by itself. */
export const identitySchedules: readonly Schedule[] = [
  { name: KIND, kind: KIND, cron: "23 * * * *", timeZone: "UTC" },
];
