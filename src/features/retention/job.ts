import type { Clock } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import type { JobContext, JobHandler } from "../../platform/jobs/port.ts";
import type { Schedule } from "../../platform/jobs/schedules/cron.ts";
import { systemDoer } from "../audit/entry.ts";
import { deedOf, type Witnessing } from "../content/deed.ts";
import { bytesOf } from "./plan/bytes.ts";
import { evaluate } from "./plan/evaluate.ts";
import type { RetentionPorts } from "./plan/snapshot.ts";
import { expireItems, leaveItem } from "./store/expire.ts";
import { nextSteps, type Step } from "./store/items.ts";
import { SCHEDULED_RUN } from "./store/policies.ts";
import { readScheduledPolicy } from "./store/policies-read.ts";
import { dropItems, dropRun, noteFinished, PREVIEW, RUN, startRun } from "./store/runs.ts";
import { countGoing, type OpenRun, readExpired, readOpenRun } from "./store/runs-read.ts";
import type { Done, RunTally } from "./tally.ts";

export const PURGE = "retention.purge";

export interface RetentionSettings {
  /** How long the trash keeps what was deleted (`trash.keep`). */
  readonly trashKeep: number;
  readonly untaggedAfter: number | null;
  /** How long the reports of runs are kept (`retention.keep_reports`). */
  readonly keepReports: number;
  /** After how long a source of what runs counts as silent; and as gone, or null for never. */
  readonly silentAfter: number;
  readonly expireAfter: number | null;
}

export interface RetentionContext extends RetentionPorts {
  readonly db: Database;
  readonly clock: Clock;
  readonly audit: Witnessing;
  readonly settings: RetentionSettings;
  readonly tally: RunTally;
  /** Told after a change was committed, so that its events are delivered without delay. */
  readonly changed: () => void;
}

/** Transactions under way at a time, and deletions of each: they share a commit. */
const WIDTH = 4;
const SOME = 8;
const STEPS = 200;
const RUNS = 20;

/** Items of a try that died before it had looked at everything. */
async function clear(db: Database, runId: string, signal: AbortSignal): Promise<void> {
  while ((await db.write(dropItems, { runId })) > 0) signal.throwIfAborted();
}

/** Deletes some; what is refused is left, and the report says why. */
async function expire(
  context: RetentionContext,
  runId: string,
  steps: readonly Step[],
  lane: number,
): Promise<void> {
  const { db, settings } = context;
  const { trashKeep: keep, untaggedAfter } = settings;
  const doer = { ...systemDoer, requestId: runId };
  const seqs = steps.map(({ seq }) => seq);
  try {
    const settled = { keep, untaggedAfter, ...deedOf(context, doer) };
    await db.write(expireItems, { runId, seqs, lane, ...settled });
  } catch (error) {
    // A fault of the database or of the program is no refusal: the job is tried again.
    if (!(error instanceof Failure) || error.status >= 500) throw error;
    const [first, ...others] = steps;
    if (first === undefined) return;
    if (others.length === 0) {
      await db.write(leaveItem, { runId, seq: first.seq, cause: error.code });
      return;
    }
    // One is refused, and takes no other along.
    for (const step of steps) await expire(context, runId, [step], lane);
  }
}

async function remove(context: RetentionContext, runId: string, job: JobContext): Promise<void> {
  const { db } = context;
  const total = await countGoing(db, runId);
  let done = 0;
  for (;;) {
    const steps = await nextSteps(db, runId, STEPS);
    if (steps.length === 0) return;
    for (let at = 0; at < steps.length; at += WIDTH * SOME) {
      job.signal.throwIfAborted();
      const batches = Array.from({ length: WIDTH }, (_, lane) => {
        const from = at + lane * SOME;
        return steps.slice(from, from + SOME);
      }).filter((batch) => batch.length > 0);
      await Promise.all(batches.map((batch, lane) => expire(context, runId, batch, lane)));
      context.changed();
    }
    done += steps.length;
    job.progress(done, Math.max(done, total));
  }
}

async function carryOut(context: RetentionContext, run: OpenRun, job: JobContext): Promise<Done> {
  const { db, describe, judge } = context;
  const { signal, progress } = job;
  const { id: runId } = run;
  let { bytes } = run;
  if (run.plannedAt === null) {
    await clear(db, runId, signal);
    const evaluating = { db, describe, judge, signal, progress };
    const figures = await evaluate(evaluating, run, job.now());
    bytes = figures.bytes;
    const { tags_going, manifests_going, repositories } = figures;
    job.log(
      "info",
      `${repositories} repositories: ${tags_going} tags and ${manifests_going} manifests go`,
    );
  }
  if (run.kind === "run") {
    await remove(context, runId, job);
    bytes = await bytesOf(db, runId, signal);
  }
  return await db.write(noteFinished, { runId, now: job.now(), bytes });
}

async function carryOutNamed(
  context: RetentionContext,
  runId: string,
  job: JobContext,
): Promise<void> {
  const run = await readOpenRun(context.db, runId);
  // The report had its time, or an earlier try had finished and died before it could say so.
  if (run === undefined || run.finishedAt !== null) return;
  const began = performance.now();
  let done: Done | undefined;
  try {
    done = await carryOut(context, run, job);
  } finally {
    // One that was cancelled, or whose node stops, did not fail.
    const counts = run.kind === "run" && (done !== undefined || !job.signal.aborted);
    if (counts) context.tally.ended(performance.now() - began, done);
  }
}

interface OfRun {
  readonly runId: string;
}

/** What a policy does by itself, when somebody says so, and what it would do. */
export function retentionJobs(context: RetentionContext): JobHandler[] {
  const { db, settings, audit } = context;
  const named = (kind: string, concurrency: number): JobHandler<OfRun> => ({
    kind,
    concurrency,
    run: ({ runId }, job) => carryOutNamed(context, runId, job),
  });
  const scheduled: JobHandler<{ readonly policyId: string }> = {
    kind: SCHEDULED_RUN,
    async run({ policyId }, job) {
      const policy = await readScheduledPolicy(db, policyId);
      if (policy === undefined) return;
      const { runId } = await db.write(startRun, {
        witness: audit.witness(systemDoer),
        projectId: policy.projectId,
        kind: "run",
        policyId,
        unsaved: null,
        jobId: job.jobId,
        expiresAt: job.now() + settings.keepReports,
      });
      await carryOutNamed(context, runId, job);
    },
  };
  const purge: JobHandler = {
    kind: PURGE,
    async run(_, { signal, now, log }) {
      let gone = 0;
      for (;;) {
        const runs = await readExpired(db, now(), RUNS);
        for (const runId of runs) {
          await clear(db, runId, signal);
          await db.write(dropRun, { runId });
        }
        gone += runs.length;
        if (runs.length < RUNS) break;
      }
      if (gone > 0) log("info", `removed ${gone} reports`);
    },
  };
  return [named(RUN, 2), named(PREVIEW, 2), scheduled, purge] as JobHandler[];
}

export const retentionSchedules: readonly Schedule[] = [
  { name: PURGE, kind: PURGE, cron: "23 * * * *", timeZone: "UTC" },
];
