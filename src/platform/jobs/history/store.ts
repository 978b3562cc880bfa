import { sql } from "kysely";
import { type Database, procedure, type Tx } from "../../database/port.ts";
import type { JobState, JobsTable } from "../../database/schema/system.ts";
import type { JobCount, JobView, LogLine, NumberedLine } from "../port.ts";

/** `asked`: it runs, and whoever runs it will be told. `over`: it had ended before. */
export type Cancelled = "cancelled" | "asked" | "over" | "unknown";

/** A job that somebody wants to change, and when. */
export interface JobAt {
  readonly id: string;
  readonly now: number;
}

/** The kind and the state of a job, whose row stays locked until the commit. */
export function lockJob(tx: Tx, id: string) {
  return tx
    .selectFrom("jobs")
    .select(["kind", "state", "unique_key"])
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
}

/** Cancels within a transaction: at once while the job waits, through its worker while it runs. */
export async function cancelIn(tx: Tx, { id, now }: JobAt): Promise<Cancelled> {
  const job = await lockJob(tx, id);
  if (job === undefined) return "unknown";
  if (job.state !== "waiting" && job.state !== "running") return "over";
  const change =
    job.state === "waiting"
      ? ({ state: "cancelled", finished_at: now } as const)
      : { cancel_asked: 1 };
  await tx.updateTable("jobs").set(change).where("id", "=", id).execute();
  return job.state === "waiting" ? "cancelled" : "asked";
}

export const cancelJob = procedure("jobs.cancel", (tx, at: JobAt) => cancelIn(tx, at));

/** `busy`: it runs, or it has done its work. `twin`: another job with its key is there. */
export type Retried = "waiting" | "busy" | "twin" | "unknown";

/**
 * Lets a job that failed or was cancelled begin anew within a transaction, with all its runs before
 * it; one that waits for its next try gets it now.
 */
export async function retryIn(tx: Tx, { id, now }: JobAt): Promise<Retried> {
  const job = await lockJob(tx, id);
  if (job === undefined) return "unknown";
  const { state, unique_key } = job;
  if (state === "running" || state === "done") return "busy";
  if (state !== "waiting" && unique_key !== null) {
    const twin = await tx
      .selectFrom("jobs")
      .select("id")
      .where("unique_key", "=", unique_key)
      .where("state", "in", ["waiting", "running"])
      .executeTakeFirst();
    if (twin !== undefined) return "twin";
  }
  const anew = {
    state: "waiting",
    attempts: 0,
    cancel_asked: 0,
    error: null,
    progress_done: null,
    progress_total: null,
    started_at: null,
    finished_at: null,
  } as const;
  const change = state === "waiting" ? {} : anew;
  await tx
    .updateTable("jobs")
    .set({ ...change, run_at: now })
    .where("id", "=", id)
    .execute();
  return "waiting";
}

export interface Purge {
  /** Jobs that ended before this time go. */
  readonly before: number;
  readonly limit: number;
}

/** Removes ended jobs and their logs, the oldest first; gives how many went. */
export const purgeJobs = procedure(
  "jobs.purge",
  async (tx, { before, limit }: Purge): Promise<number> => {
    const old = await tx
      .selectFrom("jobs")
      .select("id")
      .where("finished_at", "<", before)
      .orderBy("finished_at")
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute();
    if (old.length === 0) return 0;
    const ids = old.map((row) => row.id);
    await tx.deleteFrom("jobs").where("id", "in", ids).execute();
    return ids.length;
  },
);

function viewOf(row: JobsTable): JobView {
  return {
    id: row.id,
    kind: row.kind,
    payload: JSON.parse(row.payload),
    state: row.state,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    runAt: row.run_at,
    cancelAsked: row.cancel_asked === 1,
    progress:
      row.progress_done === null ? null : { done: row.progress_done, total: row.progress_total },
    error: row.error,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

/** The job with this id, or null. */
export async function readJob(db: Database, id: string): Promise<JobView | null> {
  const row = await db.read.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : viewOf(row);
}

export interface JobFilter {
  readonly state?: JobState | undefined;
  readonly kind?: string | undefined;
  /** Id of the last job of the page before. */
  readonly after: string | null;
  readonly limit: number;
}

/** Jobs, the newest first: their ids begin with the time. */
export async function listJobs(db: Database, filter: JobFilter): Promise<JobView[]> {
  const { state, kind, after, limit } = filter;
  let query = db.read.selectFrom("jobs").selectAll().orderBy("id", "desc").limit(limit);
  // A literal: only then does an engine see that a partial index fits.
  if (state !== undefined) query = query.where("state", "=", sql.lit(state));
  if (kind !== undefined) query = query.where("kind", "=", kind);
  if (after !== null) query = query.where("id", "<", after);
  return (await query.execute()).map(viewOf);
}

/** The lines kept with a job, oldest first. */
export async function readJobLogs(db: Database, id: string): Promise<LogLine[]> {
  return db.read
    .selectFrom("job_logs")
    .select(["at", "level", "message"])
    .where("job_id", "=", id)
    .orderBy("seq")
    .execute();
}

/** The lines of a job after the one numbered `seq`, oldest first. */
export function readLogsAfter(db: Database, id: string, seq: number): Promise<NumberedLine[]> {
  return db.read
    .selectFrom("job_logs")
    .select(["seq", "at", "level", "message"])
    .where("job_id", "=", id)
    .where("seq", ">", seq)
    .orderBy("seq")
    .execute();
}

/** Since when the oldest job of each kind is due that nobody has taken yet. */
export function oldestDue(db: Database, now: number): Promise<{ kind: string; runAt: number }[]> {
  return db.read
    .selectFrom("jobs")
    .select((eb) => ["kind", eb.fn.min<number>("run_at").as("runAt")])
    .where("state", "=", sql.lit<JobState>("waiting"))
    .where("run_at", "<=", now)
    .groupBy("kind")
    .execute();
}

/** How many jobs there are of each kind in each state. */
export async function countJobs(db: Database): Promise<JobCount[]> {
  const rows = await db.read
    .selectFrom("jobs")
    .select((eb) => ["kind", "state", eb.fn.countAll<number>().as("count")])
    .groupBy(["kind", "state"])
    .orderBy("kind")
    .orderBy("state")
    .execute();
  return rows;
}
