import type { Database } from "../../platform/database/port.ts";
import type { JobContext, JobHandler } from "../../platform/jobs/port.ts";
import type { Schedule } from "../../platform/jobs/schedules/cron.ts";
import { forgetParts, type Part, purgeUsage, type UsedPart, usedParts } from "./store/purge.ts";

const KIND = "metering.purge";
const BATCH = 200;

async function forgetGone(db: Database, part: Part, { signal }: JobContext): Promise<number> {
  let forgotten = 0;
  let after: UsedPart | undefined = { repositoryId: "", name: "" };
  while (after !== undefined && !signal.aborted) {
    const { last, gone }: Awaited<ReturnType<typeof usedParts>> = await usedParts(
      db,
      part,
      after,
      BATCH,
    );
    if (gone.length > 0) {
      await db.write(forgetParts, {
        part,
        gone: gone.map(({ repositoryId, name }) => ({ repositoryId, name })),
      });
    }
    forgotten += gone.length;
    after = last;
  }
  return forgotten;
}

/** Takes away what was counted longer ago than `keep`, and last uses of what is there no more. */
export function purgeUsageJob(db: Database, keep: number): JobHandler {
  return {
    kind: KIND,
    async run(_payload, context) {
      const { signal, log, now } = context;
      const purge = { before: now() - keep, limit: BATCH };
      while (!signal.aborted && (await db.write(purgeUsage, purge)));
      const manifests = await forgetGone(db, "manifest", context);
      const tags = await forgetGone(db, "tag", context);
      log("info", `forgot the last use of ${manifests} manifests and ${tags} tags that are gone`);
    },
  };
}

/** At night, when there is little else to do. */
export const meteringSchedules: readonly Schedule[] = [
  { name: KIND, kind: KIND, cron: "41 3 * * *", timeZone: "UTC" },
];
