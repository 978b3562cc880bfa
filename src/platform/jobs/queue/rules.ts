import { HOUR, SECOND } from "../../../kernel/clock.ts";
import { maskSecrets } from "../../../kernel/secret.ts";
import type { JobState, JobsTable } from "../../database/schema/system.ts";
import type { Priority } from "../port.ts";

export const DEFAULT_MAX_ATTEMPTS = 10;

/** Longest log line and error text kept with a job, in UTF-16 units. */
export const MAX_TEXT = 2_000;

/** Log lines kept with a job: the newest ones. */
export const MAX_LINES = 500;

const FIRST_PAUSE = SECOND;
const LONGEST_PAUSE = HOUR;

/** The few levels there are: each is one range of the index of waiting jobs. */
export const LEVELS: Readonly<Record<Priority, number>> = { high: 0, normal: 1, low: 2 };

/**
 * Milliseconds to wait after the failure of run number `attempt` (1 is the first): doubled each
 * time up to an hour, of which a random half is taken off so that those who failed together do
 * not come back together. `random` is in [0, 1).
 */
export function backoff(attempt: number, random: number): number {
  const whole = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(attempt - 1, 30));
  return Math.round(whole * (1 - random / 2));
}

/** Text as it may be kept: no secrets, bounded, and nothing that PostgreSQL's `text` refuses. */
export function keepable(text: string): string {
  // Masked before it is cut, lest the cut take away what a secret is known by.
  const masked = maskSecrets(text.slice(0, 4 * MAX_TEXT)).replaceAll("\0", "\u2400");
  return (masked.length > MAX_TEXT ? `${masked.slice(0, MAX_TEXT - 1)}…` : masked).toWellFormed();
}

/** How a run ended. */
export type Outcome =
  | { readonly as: "done" }
  /** The handler rejected; `retryAt` is when to try again if it may be, null: never. */
  | { readonly as: "failed"; readonly error: string; readonly retryAt: number | null }
  /** The node gave it back, through no fault of the job: the run does not count. */
  | { readonly as: "released" }
  /** Nobody renewed the lease: whoever held it is dead or cut off. */
  | { readonly as: "expired" };

type Held = Pick<JobsTable, "attempts" | "max_attempts" | "cancel_asked" | "run_at" | "error">;

/** What the row of a job becomes when its run has ended. */
export interface AfterRun {
  readonly state: Exclude<JobState, "running">;
  readonly attempts: number;
  readonly run_at: number;
  readonly error: string | null;
  readonly finished_at: number | null;
}

/** Decides what comes after a run: over, or once more. Pure. */
export function afterRun(job: Held, outcome: Outcome, now: number): AfterRun {
  const { attempts, run_at } = job;
  if (outcome.as === "done") {
    return { state: "done", attempts, run_at, error: null, finished_at: now };
  }
  const error =
    outcome.as === "failed"
      ? keepable(outcome.error)
      : outcome.as === "expired"
        ? "the worker that ran this job stopped answering"
        : job.error;
  if (job.cancel_asked === 1) {
    return { state: "cancelled", attempts, run_at, error, finished_at: now };
  }
  if (outcome.as === "released") {
    return { state: "waiting", attempts: attempts - 1, run_at: now, error, finished_at: null };
  }
  const again = outcome.as === "failed" ? outcome.retryAt : now;
  if (attempts >= job.max_attempts || again === null) {
    return { state: "failed", attempts, run_at, error, finished_at: now };
  }
  return { state: "waiting", attempts, run_at: again, error, finished_at: null };
}
