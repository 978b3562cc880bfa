import type { Clock } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import { markedVersion } from "../../platform/database/version-mark.ts";
import type { JobHandler } from "../../platform/jobs/port.ts";
import { enqueueJob } from "../../platform/jobs/queue/store.ts";
import {
  markStamped,
  type Place,
  type RestampSome,
  restampSome,
  STAMPED_BY,
} from "./store/restamp.ts";

const RESTAMP = "reclaim.restamp";

/** Manifests of one transaction. */
const STEP = 100;

interface Parts {
  readonly db: Database;
  readonly clock: Clock;
  readonly settings: { readonly untaggedAfter: number | null };
}

/** Goes through all live manifests after `reclaim.untagged_after` was changed. */
export function restampJob({ db, settings }: Parts): JobHandler {
  const { untaggedAfter } = settings;
  return {
    kind: RESTAMP,
    async run(_, { signal, log, now }) {
      let after: Place | null = null;
      for (;;) {
        if (signal.aborted) return;
        const args: RestampSome = { after, limit: STEP, now: now(), untaggedAfter };
        after = await db.write(restampSome, args);
        if (after === null) break;
      }
      await db.write(markStamped, { untaggedAfter });
      log("info", "stamped all manifests by the setting as it is now");
    },
  };
}

/** Sees to manifests that were stamped by another setting; what is stamped counts anew from now on. */
export async function restampIfChanged({ db, clock, settings }: Parts): Promise<void> {
  if ((await markedVersion(db, STAMPED_BY)) === (settings.untaggedAfter ?? 0)) return;
  const job = { kind: RESTAMP, uniqueKey: RESTAMP, priority: "low" } as const;
  await db.write(enqueueJob, { job, now: clock.now() });
}
