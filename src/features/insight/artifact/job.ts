import type { EventOf } from "../../../kernel/events.ts";
import type { BundleListener } from "../../../platform/jobs/outbox/listeners.ts";
import type { JobContext, JobHandler } from "../../../platform/jobs/port.ts";
import type { Schedule } from "../../../platform/jobs/schedules/cron.ts";
import type { InsightContext } from "../context.ts";
import { type Describing, type Place, VERSION } from "./describe.ts";
import { keepVersion } from "./store/write.ts";

export const BACKFILL = "insight.backfill";
export const DESCRIBE = "insight.describe";

/** Manifests looked for at a time; and those whose findings share a transaction. */
const BATCH = 200;
const BUNDLE = 40;

/** Analyses what is pushed. */
export function describeListener({ describe }: Describing): BundleListener<"manifest.pushed"> {
  return {
    name: DESCRIBE,
    kinds: ["manifest.pushed"],
    async handleAll(events: readonly EventOf<"manifest.pushed">[], context) {
      const places = events.map(({ payload }) => payload);
      await describeAll({ describe }, places, context);
    },
  };
}

/** Analyses them bundle by bundle. Throws in the end when some could not be. */
async function describeAll(
  { describe }: Describing,
  places: readonly Place[],
  { signal, log }: JobContext,
): Promise<void> {
  let failed = 0;
  for (let at = 0; at < places.length; at += BUNDLE) {
    signal.throwIfAborted();
    const faults = await describe(places.slice(at, at + BUNDLE));
    failed += faults.length;
    for (const { place, error } of faults) {
      log("warn", `${place.repository}@${place.digest}: ${String(error)}`);
    }
  }
  if (failed > 0) throw new Error(`${failed} of ${places.length} could not be analysed`);
}

/** Analyses what was pushed before there was anything to analyse it, or by an older version. */
export function backfillJob(
  { reads, db }: Pick<InsightContext, "reads" | "db">,
  describing: Describing,
): JobHandler {
  return {
    kind: BACKFILL,
    async run(_payload, context) {
      let after = { repositoryId: "", digest: "" };
      let done = 0;
      let fault: unknown;
      for (;;) {
        const batch = await reads.undescribed(VERSION, after, BATCH);
        try {
          await describeAll(describing, batch, context);
        } catch (error) {
          context.signal.throwIfAborted();
          fault = error;
        }
        done += batch.length;
        context.progress(done);
        const last = batch.at(-1);
        if (last === undefined || batch.length < BATCH) break;
        after = last;
      }
      if (fault !== undefined) throw fault;
      await db.write(keepVersion, { version: VERSION });
      context.log("info", `analysed ${done} manifests`);
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
