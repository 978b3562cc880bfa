import type { Clock } from "../../../kernel/clock.ts";
import type { Database } from "../../database/port.ts";
import { type FaultHook, type JobContext, type JobHandler, NotAgain } from "../port.ts";
import { backoff, type Outcome } from "../queue/rules.ts";
import type { ClaimedJob } from "../queue/store.ts";
import { type AbortCause, JobAborted } from "./abort.ts";
import { Pulse, type Timing } from "./pulse.ts";

export interface RunOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly handler: JobHandler;
  readonly job: ClaimedJob;
  readonly owner: string;
  readonly leaseUntil: number;
  readonly onFault: FaultHook;
}

function wholeNumber(value: number): number {
  return Number.isFinite(value)
    ? Math.min(Math.max(0, Math.floor(value)), Number.MAX_SAFE_INTEGER)
    : 0;
}

/** One run of one job on this node: the handler, its signal, its lease. */
export class Run {
  readonly id: string;
  readonly kind: string;
  /** Resolves, never rejects, when the handler has ended and its end is written or fenced off. */
  readonly ended: Promise<Outcome["as"]>;
  readonly #options: RunOptions;
  readonly #abort = new AbortController();
  readonly #pulse: Pulse;

  constructor(options: RunOptions) {
    const { db, clock, timing, job, owner, leaseUntil, onFault } = options;
    this.#options = options;
    this.id = job.id;
    this.kind = job.kind;
    this.#pulse = new Pulse({
      ...timing,
      db,
      clock,
      lease: { id: job.id, owner },
      leaseUntil,
      onFault,
      onCancel: () => this.abort("cancelled"),
      onLost: () => this.abort("lease lost"),
    });
    this.ended = this.#go();
  }

  /** Tells the handler to end. */
  abort(why: AbortCause): void {
    if (!this.#abort.signal.aborted) this.#abort.abort(new JobAborted(why));
  }

  /** Gives the job back to the queue although its handler has not ended. */
  abandon(): Promise<void> {
    return this.#pulse.abandon();
  }

  async #go(): Promise<Outcome["as"]> {
    const { handler, job, onFault } = this.#options;
    const { signal } = this.#abort;
    let outcome: Outcome = { as: "done" };
    try {
      // The shape is what the handler's own enqueuers wrote; see JobHandler.
      await handler.run(JSON.parse(job.payload), this.#context());
    } catch (error) {
      const why = signal.reason instanceof JobAborted ? signal.reason.why : null;
      if (why === "stopping" || why === "lease lost") outcome = { as: "released" };
      else {
        outcome = { as: "failed", ...this.#afterFault(error) };
        if (why === null) onFault(`job ${job.id} (${job.kind}), run ${job.attempts}`, error);
      }
    }
    try {
      await this.#pulse.settle(outcome);
    } catch (error) {
      onFault(`end of job ${job.id}`, error);
    }
    return outcome.as;
  }

  #afterFault(error: unknown): { error: string; retryAt: number | null } {
    if (error instanceof NotAgain) return { error: String(error.reason), retryAt: null };
    const { clock, job } = this.#options;
    return {
      error: String(error),
      retryAt: clock.now() + backoff(job.attempts, Math.random()),
    };
  }

  #context(): JobContext {
    const { clock, job } = this.#options;
    const pulse = this.#pulse;
    return {
      jobId: job.id,
      attempt: job.attempts,
      signal: this.#abort.signal,
      now: () => clock.now(),
      log: (level, message) => pulse.log({ at: clock.now(), level, message }),
      progress: (done, total) =>
        pulse.progress({
          done: wholeNumber(done),
          total: total === undefined ? null : wholeNumber(total),
        }),
    };
  }
}
