import { type AnyProcedure, procedure } from "../../platform/database/port.ts";
import {
  type Cancelled,
  cancelIn,
  lockJob,
  type Retried,
  retryIn,
} from "../../platform/jobs/history/store.ts";
import type { Enqueued } from "../../platform/jobs/port.ts";
import { runScheduleIn } from "../../platform/jobs/schedules/store.ts";
import { type AuditEntry, done, type Witness } from "../audit/entry.ts";
import { record } from "../audit/store/record.ts";

export interface ChangeJob {
  readonly id: string;
  readonly now: number;
  readonly witness: Witness;
}

function about(action: string, id: string, kind: string, details: AuditEntry["details"] = {}) {
  return done(action, { kind: "job", id, name: kind }, { details });
}

/** Cancels a job for somebody; nothing is recorded where there is nothing to cancel. */
export const cancelForSomebody = procedure(
  "jobs.cancel-for-somebody",
  async (tx, { id, now, witness }: ChangeJob): Promise<Cancelled> => {
    const job = await lockJob(tx, id);
    const cancelled = await cancelIn(tx, { id, now });
    if (job === undefined || cancelled === "over" || cancelled === "unknown") return cancelled;
    await record(tx, witness, [about("job.cancel", id, job.kind, { was: job.state })]);
    return cancelled;
  },
);

/** Lets a job be tried now for somebody. */
export const retryForSomebody = procedure(
  "jobs.retry-for-somebody",
  async (tx, { id, now, witness }: ChangeJob): Promise<Retried> => {
    const job = await lockJob(tx, id);
    const retried = await retryIn(tx, { id, now });
    if (job === undefined || retried !== "waiting") return retried;
    await record(tx, witness, [about("job.retry", id, job.kind, { was: job.state })]);
    return retried;
  },
);

export interface RunSchedule {
  readonly name: string;
  readonly now: number;
  readonly witness: Witness;
}

/** Enqueues the job of a schedule for somebody; undefined where there is no such schedule. */
export const runScheduleForSomebody = procedure(
  "jobs.run-schedule",
  async (tx, { name, now, witness }: RunSchedule): Promise<Enqueued | undefined> => {
    const enqueued = await runScheduleIn(tx, { name, now });
    if (enqueued === undefined) return undefined;
    const { id: job, added } = enqueued;
    const object = { kind: "job-schedule", id: null, name };
    await record(tx, witness, [done("job-schedule.run", object, { details: { job, added } })]);
    return enqueued;
  },
);

export const visibleJobProcedures: readonly AnyProcedure[] = [
  cancelForSomebody,
  retryForSomebody,
  runScheduleForSomebody,
];
