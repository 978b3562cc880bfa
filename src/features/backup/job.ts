import type { Clock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Filling } from "../../platform/database/filling.ts";
import type { JobContext, JobHandler } from "../../platform/jobs/port.ts";
import { alone } from "./folder/lock.ts";
import type { Reports } from "./folder/reports.ts";
import { tidy } from "./folder/tidy.ts";
import { NAMED_DAMAGED } from "./format.ts";
import { type MakeParts, makeSnapshot } from "./make/make.ts";
import { verifySnapshot } from "./verify/verify.ts";

export const MAKE = "backup.make";
export const VERIFY = "backup.verify";
export const TIDY = "backup.tidy";

/** The key under which at most one of them waits or runs. */
export const keyOf = (kind: string, id = "") => (id === "" ? kind : `${kind}:${id}`);

export interface JobParts extends MakeParts {
  readonly folder: string;
  readonly keep: number;
  readonly reports: Reports;
  readonly scratch: string;
  readonly fill: (file: string) => Promise<Filling>;
  readonly clock: Clock;
}

/** Makes a snapshot, then removes what is not kept any more; failed when content is damaged. */
function makeJob(parts: JobParts): JobHandler {
  const { folder, keep, snapshots, shelf } = parts;
  return {
    kind: MAKE,
    async run(_, { signal, log, progress }: JobContext) {
      await alone(folder, signal, async () => {
        let named = 0;
        const { id, content, copied, damaged } = await makeSnapshot(parts, {
          signal,
          progress,
          damaged: ({ digest, reason }) => {
            named += 1;
            if (named <= NAMED_DAMAGED) log("error", `${digest}: ${reason}`);
          },
        });
        log("info", `${id}: ${content.blobs} blobs, of which ${copied.blobs} were copied`);
        const tidied = await tidy(snapshots, shelf, keep, signal);
        for (const old of tidied.snapshots) log("info", `${old} was removed`);
        if (damaged.count > 0) throw failure("backup.incomplete", { id, count: damaged.count });
      });
    },
  };
}

interface ToVerify {
  readonly id: string;
}

/** A restore drill of one snapshot; failed when it found something. */
function verifyJob(parts: JobParts): JobHandler<ToVerify> {
  const { folder, reports, fill, scratch, program, clock } = parts;
  return {
    kind: VERIFY,
    async run({ id }, { signal, log, progress }: JobContext) {
      const more = { fill, scratch, program, clock, signal, progress };
      const report = await verifySnapshot({ from: folder, snapshot: id, ...more });
      await reports.keep(report);
      const { verdict, count, blobs } = report;
      log(verdict === "passed" ? "info" : "error", `${id}: ${verdict}, ${blobs} blobs were hashed`);
      if (verdict === "failed") throw failure("backup.failed", { id, count });
    },
  };
}

/** Removes the content that no snapshot names any more. */
function tidyJob({ folder, snapshots, shelf }: JobParts): JobHandler {
  return {
    kind: TIDY,
    async run(_, { signal, log }: JobContext) {
      await alone(folder, signal, async () => {
        const { blobs } = await tidy(snapshots, shelf, null, signal);
        log("info", `${blobs} blobs were removed that no backup has any more`);
      });
    },
  };
}

export function backupJobs(parts: JobParts): JobHandler[] {
  return [makeJob(parts), verifyJob(parts), tidyJob(parts)];
}
