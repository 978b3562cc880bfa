import { sql } from "kysely";
import { procedure, type Tx } from "../../database/port.ts";
import type { JobState } from "../../database/schema/system.ts";
import type { LogLine, Progress } from "../port.ts";
import { afterRun, keepable, MAX_LINES, type Outcome } from "../queue/rules.ts";

const running = sql.lit<JobState>("running");

/** Proof of who runs a job: it holds while the row names the same owner. */
export interface Lease {
  readonly id: string;
  readonly owner: string;
}

/** What a run has to tell since it last did. */
export interface News {
  readonly progress: Progress | null;
  readonly logs: readonly LogLine[];
}

/** The caller holds the row of the job, so nobody else counts its lines meanwhile. */
async function appendLogs(tx: Tx, job: string, logs: readonly LogLine[]): Promise<void> {
  const newest = logs.slice(-MAX_LINES);
  if (newest.length === 0) return;
  const last = await tx
    .selectFrom("job_logs")
    .select("seq")
    .where("job_id", "=", job)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  const start = (last?.seq ?? 0) + 1;
  const rows = newest.map(({ at, level, message }, index) => ({
    job_id: job,
    seq: start + index,
    at,
    level,
    message: keepable(message),
  }));
  await tx.insertInto("job_logs").values(rows).execute();
  const beyond = start + rows.length - 1 - MAX_LINES;
  if (beyond > 0) {
    await tx.deleteFrom("job_logs").where("job_id", "=", job).where("seq", "<=", beyond).execute();
  }
}

function progressColumns(progress: Progress | null) {
  if (progress === null) return {};
  return { progress_done: progress.done, progress_total: progress.total };
}

export interface Report extends Lease, News {
  readonly leaseUntil: number;
}

/** `held` false: the lease is somebody else's now, and nothing was written. */
export interface ReportAnswer {
  readonly held: boolean;
  readonly cancelAsked: boolean;
}

/** The heartbeat of a run: renews its lease and keeps its news. */
export const reportJob = procedure(
  "jobs.report",
  async (tx, { id, owner, leaseUntil, progress, logs }: Report): Promise<ReportAnswer> => {
    const row = await tx
      .updateTable("jobs")
      .set({ lease_until: leaseUntil, ...progressColumns(progress) })
      .where("id", "=", id)
      .where("lease_owner", "=", owner)
      .where("state", "=", running)
      .returning("cancel_asked")
      .executeTakeFirst();
    if (row === undefined) return { held: false, cancelAsked: false };
    await appendLogs(tx, id, logs);
    return { held: true, cancelAsked: row.cancel_asked === 1 };
  },
);

const judged = [
  "id",
  "attempts",
  "max_attempts",
  "cancel_asked",
  "run_at",
  "error",
  "lease_owner",
] as const;

export interface Settlement extends Lease, News {
  readonly outcome: Outcome;
  readonly now: number;
}

/** Ends a run. Gives the job's new state, or null when the lease was lost: then nothing changed. */
export const settleJob = procedure(
  "jobs.settle",
  async (tx, { id, owner, outcome, now, progress, logs }: Settlement): Promise<JobState | null> => {
    const job = await tx
      .selectFrom("jobs")
      .select(judged)
      .where("id", "=", id)
      .where("lease_owner", "=", owner)
      .where("state", "=", running)
      .forUpdate()
      .executeTakeFirst();
    if (job === undefined) return null;
    const next = afterRun(job, outcome, now);
    await tx
      .updateTable("jobs")
      .set({ ...next, ...progressColumns(progress), lease_owner: null, lease_until: null })
      .where("id", "=", id)
      .execute();
    await appendLogs(tx, id, logs);
    return next.state;
  },
);

export interface Reaping {
  readonly now: number;
  readonly limit: number;
}

/**
 * Takes the leases of dead workers away, so that their jobs can be claimed again.
 * Gives the number of leases ended.
 */
export const reapLeases = procedure(
  "jobs.reap",
  async (tx, { now, limit }: Reaping): Promise<number> => {
    const expired = await tx
      .selectFrom("jobs")
      .select(judged)
      .where("state", "=", running)
      .where("lease_until", "<=", now)
      .orderBy("lease_until")
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const job of expired) {
      const next = afterRun(job, { as: "expired" }, now);
      await tx
        .updateTable("jobs")
        .set({ ...next, lease_owner: null, lease_until: null })
        .where("id", "=", job.id)
        .execute();
      const message = `run ${job.attempts} was lost: worker ${job.lease_owner} stopped answering`;
      await appendLogs(tx, job.id, [{ at: now, level: "warn", message }]);
    }
    return expired.length;
  },
);
