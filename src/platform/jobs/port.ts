import type { JobLogsTable, JobState } from "../database/schema/system.ts";

/** `high` for what a person waits for, `low` for what may take all night. */
export type Priority = "high" | "normal" | "low";

/** Work to be done later, by whichever node comes first. */
export interface NewJob {
  readonly kind: string;
  /** JSON. */
  readonly payload?: unknown;
  /** Not before this time; left out: now. */
  readonly runAt?: number;
  /** While a waiting or running job has this key, another with the same key is not added. */
  readonly uniqueKey?: string;
  readonly priority?: Priority;
  /** Runs before it counts as failed; a worker that died counts as one. */
  readonly maxAttempts?: number;
}

/** What became of a request to enqueue: `added` is false when a job with its key was there. */
export interface Enqueued {
  readonly id: string;
  readonly added: boolean;
}

export type LogLevel = JobLogsTable["level"];

export interface LogLine {
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
}

/** A line and its place among the lines of its job. */
export interface NumberedLine extends LogLine {
  readonly seq: number;
}

export interface Progress {
  readonly done: number;
  readonly total: number | null;
}

/** What a running handler has in its hands. */
export interface JobContext {
  readonly jobId: string;
  /** 1 for the first run. */
  readonly attempt: number;
  /** Aborted when the job was cancelled, its lease is lost, or the node stops: then end soon. */
  readonly signal: AbortSignal;
  /** Keeps a line with the job: 2,000 characters at most, the newest 500 lines. */
  log(level: LogLevel, message: string): void;
  progress(done: number, total?: number): void;
  now(): number;
}

/** Rejects a run whose next would come to the same: the job has failed, by what `reason` says. */
export class NotAgain extends Error {
  override readonly name = "NotAgain";
  readonly reason: Error;

  constructor(reason: Error) {
    super(reason.message, { cause: reason });
    this.reason = reason;
  }
}

/**
 * Does the jobs of one kind.
 *
 * A job runs **at least once**: a node may die after the work and before the note that it is done,
 * and then another runs it again from the start. So a handler works in small items, each of which
 * may be done twice without harm, and begins by looking at what is already done.
 * A rejected `run` is tried again later, with growing pauses, up to the job's `maxAttempts`,
 * unless it rejects with `NotAgain`.
 * The payload was written by whatever version enqueued it: a handler reads older shapes too.
 */
export interface JobHandler<P = unknown> {
  readonly kind: string;
  /** How many jobs of this kind one node runs at a time; 1 when left out. */
  readonly concurrency?: number;
  run(payload: P, context: JobContext): Promise<void>;
}

/** A job as people see it. */
export interface JobView {
  readonly id: string;
  readonly kind: string;
  readonly payload: unknown;
  readonly state: JobState;
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly runAt: number;
  readonly cancelAsked: boolean;
  readonly progress: Progress | null;
  readonly error: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

/** Work that comes back, as people see it. */
export interface ScheduleView {
  readonly name: string;
  readonly kind: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly nextAt: number;
  readonly lastAt: number | null;
}

/** What became of the runs of one kind on this node since it started. */
export interface RunFigures {
  readonly kind: string;
  readonly runs: number;
  readonly failures: number;
  /** Milliseconds of all of them together. */
  readonly milliseconds: number;
}

export interface JobCount {
  readonly kind: string;
  readonly state: JobState;
  readonly count: number;
}

/** Hears of faults that no caller is there to hear of: for the log. `where` names the step. */
export type FaultHook = (where: string, error: unknown) => void;
