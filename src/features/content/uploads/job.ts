import { HOUR } from "../../../kernel/clock.ts";
import { newHasher } from "../../../platform/blobs/hasher.ts";
import type { JobHandler } from "../../../platform/jobs/port.ts";
import type { Schedule } from "../../../platform/jobs/schedules/cron.ts";
import { systemDoer } from "../../audit/entry.ts";
import type { ContentContext } from "../context.ts";
import { expireUploads } from "./store.ts";

const BATCH = 100;

/** Staged bytes that no session knows are left alone for so long: their request may still run. */
const STRAY_AFTER = 24 * HOUR;

/**
 * Drops staged bytes. When a crash came between the final name and the commit, that name is
 * removed too, unless a row names it: then the commit had happened and only the drop had not.
 */
async function dropStaged({ blobs, reads }: ContentContext, id: string): Promise<void> {
  const staged = await blobs.stagedInfo(id);
  if (staged?.published === true) {
    for (const algorithm of ["sha256", "sha512"] as const) {
      const hasher = newHasher(algorithm);
      for await (const piece of blobs.readStaged(id)) hasher.update(piece);
      const digest = hasher.digest();
      const location = blobs.locationOf(id, digest);
      if (!(await reads.blobs.named(digest, location))) await blobs.remove(location);
    }
  }
  await blobs.discard(id);
}

/** Ends upload sessions whose time is over and drops their bytes (A18). */
export function purgeUploadsJob(context: ContentContext): JobHandler {
  return {
    kind: "content.purge-uploads",
    async run(_, { signal, log, now }) {
      let ended = 0;
      for (;;) {
        const witness = context.audit.witness(systemDoer);
        const ids = await context.db.write(expireUploads, { now: now(), limit: BATCH, witness });
        for (const id of ids) await dropStaged(context, id);
        ended += ids.length;
        if (ids.length < BATCH || signal.aborted) break;
      }
      if (ended > 0) log("info", `ended ${ended} upload sessions`);
    },
  };
}

/** Drops staged bytes that a crash left behind without a session. */
export function purgeStagedJob(context: ContentContext): JobHandler {
  return {
    kind: "content.purge-staged",
    async run(_, { signal, log, now }) {
      let dropped = 0;
      for await (const { id, modifiedAt } of context.blobs.listStaged()) {
        if (signal.aborted) break;
        if (now() - modifiedAt < STRAY_AFTER || (await context.reads.uploads.exists(id))) continue;
        await dropStaged(context, id);
        dropped += 1;
      }
      if (dropped > 0) log("info", `dropped ${dropped} staged files that no session knows`);
    },
  };
}

/** When the purges run by themselves. */
export const contentSchedules: readonly Schedule[] = [
  {
    name: "content.purge-uploads",
    kind: "content.purge-uploads",
    cron: "*/10 * * * *",
    timeZone: "UTC",
  },
  {
    name: "content.purge-staged",
    kind: "content.purge-staged",
    cron: "17 * * * *",
    timeZone: "UTC",
  },
];
