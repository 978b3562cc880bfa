import type { Clock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { Pace } from "../../kernel/pace.ts";
import { type Digest, parseDigest } from "../../oci/digest.ts";
import type { Filling } from "../../platform/database/filling.ts";
import {
  type JobContext,
  type JobHandler,
  type NewJob,
  NotAgain,
} from "../../platform/jobs/port.ts";
import { enqueueJob } from "../../platform/jobs/queue/store.ts";
import { alone } from "./folder/lock.ts";
import type { Reports } from "./folder/reports.ts";
import { tidy } from "./folder/tidy.ts";
import { type DamagedBlob, NAMED_DAMAGED } from "./format.ts";
import { type MakeParts, makeSnapshot } from "./make/make.ts";
import { noteFailedDrill } from "./store.ts";
import { verifySnapshot } from "./verify/verify.ts";

export const MAKE = "backup.make";
export const VERIFY = "backup.verify";
export const TIDY = "backup.tidy";
export const DRILL = "backup.drill";

/** The key under which at most one of them waits or runs. */
export const keyOf = (kind: string, id = "") => (id === "" ? kind : `${kind}:${id}`);

export interface JobParts extends MakeParts {
  readonly folder: string;
  readonly keep: number;
  readonly bytesPerSecond: number | null;
  readonly reports: Reports;
  readonly scratch: string;
  readonly fill: (file: string) => Promise<Filling>;
  readonly clock: Clock;
  /** Has content that turned out damaged judged and taken from view; gives whether it is damaged. */
  readonly suspect: (digest: Digest, signal: AbortSignal) => Promise<boolean>;
  /** Told after news was written. */
  readonly changed: () => void;
}

/** What is said of one run in place of what is set. */
export interface ToMake {
  readonly bytesPerSecond?: number | undefined;
}

export interface ToVerify extends ToMake {
  readonly id: string;
}

const paceOf = (parts: JobParts, { bytesPerSecond }: ToMake) =>
  new Pace(bytesPerSecond ?? parts.bytesPerSecond);

/** Tells of a damaged blob: in the log, and to whoever sees to stored content. */
function tellOf({ suspect }: JobParts, { signal, log }: JobContext) {
  let named = 0;
  return async ({ digest, reason }: DamagedBlob): Promise<void> => {
    const isDamaged = await suspect(parseDigest(digest), signal);
    named += 1;
    if (named > NAMED_DAMAGED) return;
    const verdict = isDamaged
      ? "is written down as a finding"
      : "could be read when it was looked at again";
    log("error", `${digest}: ${reason}; it ${verdict}`);
  };
}

/** Makes a snapshot, then removes what is not kept any more; failed when content is damaged. */
function makeJob(parts: JobParts): JobHandler<ToMake> {
  const { folder, keep, snapshots, shelf } = parts;
  return {
    kind: MAKE,
    async run(wanted, context: JobContext) {
      const { signal, log, progress } = context;
      await alone(folder, signal, async () => {
        const { id, content, copied, damaged } = await makeSnapshot(parts, {
          signal,
          progress,
          pace: paceOf(parts, wanted),
          damaged: tellOf(parts, context),
        });
        log("info", `${id}: ${content.blobs} blobs, of which ${copied.blobs} were copied`);
        const tidied = await tidy(snapshots, shelf, keep, signal);
        for (const old of tidied.snapshots) log("info", `${old} was removed`);
        if (damaged.count === 0) return;
        // The same content would be damaged again, and another snapshot without it lie there.
        throw new NotAgain(failure("backup.incomplete", { id, count: damaged.count }));
      });
    },
  };
}

/** A restore drill of one snapshot, which is done once: what it finds does not go by itself. */
export function drillOf(id: string, how: ToMake = {}): NewJob {
  const payload: ToVerify = { ...how, id };
  return { kind: VERIFY, payload, uniqueKey: keyOf(VERIFY, id), maxAttempts: 1 };
}

/** Has the newest snapshot go through a drill. */
function drillJob({ db, folder, snapshots, clock, changed }: JobParts): JobHandler {
  return {
    kind: DRILL,
    async run(_, { log }) {
      const [newest] = await snapshots.list();
      if (newest === undefined) throw failure("backup.none", { folder });
      const { id } = await db.write(enqueueJob, { job: drillOf(newest.id), now: clock.now() });
      log("info", `the job ${id} does the drill of ${newest.id}`);
      changed();
    },
  };
}

/** A restore drill of one snapshot; failed when it found something. */
function verifyJob(parts: JobParts): JobHandler<ToVerify> {
  const { db, folder, reports, fill, scratch, program, clock, changed } = parts;
  return {
    kind: VERIFY,
    async run(wanted, { signal, log, progress }: JobContext) {
      const pace = paceOf(parts, wanted);
      const more = { fill, scratch, program, clock, signal, progress, pace };
      const report = await verifySnapshot({ from: folder, snapshot: wanted.id, ...more });
      await reports.keep(report);
      const { verdict, count, blobs, finishedAt } = report;
      const { id } = wanted;
      log(verdict === "passed" ? "info" : "error", `${id}: ${verdict}, ${blobs} blobs were hashed`);
      if (verdict === "passed") return;
      await db.write(noteFailedDrill, { backup: id, findings: count, at: finishedAt });
      changed();
      throw failure("backup.failed", { id, count });
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
  return [makeJob(parts), drillJob(parts), verifyJob(parts), tidyJob(parts)];
}
