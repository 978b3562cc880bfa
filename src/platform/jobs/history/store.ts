import { type Database, procedure } from "../../database/port.ts";
import type { JobCount, JobView, LogLine } from "../port.ts";

/** `asked`: it runs, and whoever runs it will be told. `over`: it had ended before. */
export type Cancelled = "cancelled" | "asked" | "over" | "unknown";

/** Cancels a job: at once while it waits, through its worker while it runs. */
export const cancelJob = procedure(
  "jobs.cancel",
  async (tx, { id, now }: { readonly id: string; readonly now: number }): Promise<Cancelled> => {
    const job = await tx
      .selectFrom("jobs")
      .select("state")
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    if (job === undefined) return "unknown";
    if (job.state !== "waiting" && job.state !== "running") return "over";
    const change =
      job.state === "waiting"
        ? ({ state: "cancelled", finished_at: now } as const)
        : { cancel_asked: 1 };
    await tx.updateTable("jobs").set(change).where("id", "=", id).execute();
    return job.state === "waiting" ? "cancelled" : "asked";
  },
);

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

/** The job with this id, or null. */
export async function readJob(db: Database, id: string): Promise<JobView | null> {
  const row = await db.read.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) return null;
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

/** The lines kept with a job, oldest first. */
export async function readJobLogs(db: Database, id: string): Promise<LogLine[]> {
  return db.read
    .selectFrom("job_logs")
    .select(["at", "level", "message"])
    .where("job_id", "=", id)
    .orderBy("seq")
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
