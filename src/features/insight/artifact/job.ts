import type { EventOf } from "../../../kernel/events.ts";
import type { BundleListener } from "../../../platform/jobs/outbox/listeners.ts";
import type { JobHandler } from "../../../platform/jobs/port.ts";
import type { Schedule } from "../../../platform/jobs/schedules/cron.ts";
import type { InsightContext } from "../context.ts";
import { type Describing, VERSION } from "./describe.ts";
import { keepVersion } from "./store/write.ts";

export const BACKFILL = "insight.backfill";
export const DESCRIBE = "insight.describe";

/** Manifests looked for at a time. */
const BATCH = 200;

/** Analyses what is pushed. */
export function describeListener({ describe }: Describing): BundleListener<"manifest.pushed"> {
  return {
    name: DESCRIBE,
    kinds: ["manifest.pushed"],
    async handleAll(events: readonly EventOf<"manifest.pushed">[], { signal, log }) {
      let failed = 0;
      for (const { payload } of events) {
        signal.throwIfAborted();
        const { repository, repositoryId, digest, principal } = payload;
        try {
          await describe({ repository, repositoryId, digest, principal });
        } catch (error) {
          // The others of the bundle are not to wait for it.
          failed += 1;
          log("warn", `${repository}@${digest}: ${String(error)}`);
        }
      }
      if (failed > 0) throw new Error(`${failed} of ${events.length} could not be analysed`);
    },
  };
}

/** Analyses what was pushed before there was anything to analyse it, or by an older version. */
export function backfillJob(
  { reads, db }: Pick<InsightContext, "reads" | "db">,
  { describe }: Describing,
): JobHandler {
  return {
    kind: BACKFILL,
    async run(_payload, { signal, progress, log }) {
      let after = { repositoryId: "", digest: "" };
      let done = 0;
      let failed = 0;
      for (;;) {
        const batch = await reads.undescribed(VERSION, after, BATCH);
        for (const place of batch) {
          signal.throwIfAborted();
          try {
            await describe(place);
          } catch (error) {
            // One that storage does not give must not keep the others from their turn.
            failed += 1;
            log("warn", `${place.repository}@${place.digest}: ${String(error)}`);
          }
          done += 1;
          progress(done);
          after = place;
        }
        if (batch.length < BATCH) break;
      }
      if (failed > 0) throw new Error(`${failed} of ${done} manifests could not be analysed`);
      await db.write(keepVersion, { version: VERSION });
      log("info", `analysed ${done} manifests`);
    },
  };
}

/** Every night: what an analysis could not do for want of storage is done then. */
export const backfillSchedule: Schedule = {
  name: BACKFILL,
  kind: BACKFILL,
  cron: "41 3 * * *",
  timeZone: "UTC",
};
