import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../../kernel/clock.ts";
import type { Database } from "../../database/port.ts";
import type { JobState } from "../../database/schema/system.ts";
import { type Lease, reportJob, settleJob } from "../leases/store.ts";
import type { FaultHook, LogLine, Progress } from "../port.ts";
import { MAX_LINES, type Outcome } from "../queue/rules.ts";

export interface Timing {
  /** How long a lease holds without a heartbeat. */
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  /** News of a job (logs, progress) is written at most this often. */
  readonly newsMs: number;
}

export interface PulseOptions extends Timing {
  readonly db: Database;
  readonly clock: Clock;
  readonly lease: Lease;
  readonly leaseUntil: number;
  readonly onFault: FaultHook;
  onCancel(): void;
  onLost(): void;
}

/** Between two tries to write down how a run ended while the database is away. */
const SETTLE_PAUSE = 250;

/**
 * The link of one run to its row: renews the lease, brings logs and progress along, hears of
 * cancelling, and ends the run. One write at a time; what comes up meanwhile goes with the next.
 */
export class Pulse {
  readonly #options: PulseOptions;
  readonly #beat: ReturnType<typeof setInterval>;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #logs: LogLine[] = [];
  #progress: Progress | null = null;
  #writing: Promise<void> | undefined;
  #lastWrite = Number.NEGATIVE_INFINITY;
  #leaseUntil: number;
  #over = false;
  #abandoned = false;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#leaseUntil = options.leaseUntil;
    this.#beat = setInterval(() => this.#heartbeat(), options.heartbeatMs);
  }

  log(line: LogLine): void {
    this.#logs.push(line);
    if (this.#logs.length > MAX_LINES) this.#logs.shift();
    this.#hurry();
  }

  progress(progress: Progress): void {
    this.#progress = progress;
    this.#hurry();
  }

  /**
   * Writes the end of the run; tries until it is written or the lease has ended, for then the job
   * is taken over anyway. Gives the new state of the job, null when the lease was lost.
   */
  async settle(outcome: Outcome): Promise<JobState | null> {
    this.#finish();
    await this.#writing;
    const { db, clock, lease, onFault } = this.#options;
    for (;;) {
      if (this.#abandoned) return null;
      const news = { progress: this.#progress, logs: this.#logs };
      try {
        return await db.write(settleJob, { ...lease, ...news, outcome, now: clock.now() });
      } catch (error) {
        onFault(`end of job ${lease.id}`, error);
        if (clock.now() >= this.#leaseUntil) return null;
      }
      await pause(SETTLE_PAUSE);
    }
  }

  /** Gives the job back while its handler still runs: from now on it is fenced off. */
  async abandon(): Promise<void> {
    this.#finish();
    this.#abandoned = true;
    const { db, clock, lease, onFault } = this.#options;
    const outcome = { as: "released" } as const;
    const news = { progress: this.#progress, logs: this.#logs };
    try {
      await db.write(settleJob, { ...lease, ...news, outcome, now: clock.now() });
    } catch (error) {
      onFault(`release of job ${lease.id}`, error);
    }
  }

  #finish(): void {
    this.#over = true;
    clearInterval(this.#beat);
    clearTimeout(this.#soon);
  }

  #heartbeat(): void {
    // The write may hang or fail: who cannot renew in time must take it that another node has it.
    if (this.#options.clock.now() >= this.#leaseUntil) this.#lose();
    else this.#write();
  }

  #hurry(): void {
    if (this.#over || this.#soon !== undefined) return;
    const wait = Math.max(0, this.#lastWrite + this.#options.newsMs - performance.now());
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      this.#write();
    }, wait);
  }

  #write(): void {
    if (this.#over || this.#writing !== undefined) return;
    this.#lastWrite = performance.now();
    this.#writing = this.#report().finally(() => {
      this.#writing = undefined;
      if (this.#logs.length > 0 || this.#progress !== null) this.#hurry();
    });
  }

  async #report(): Promise<void> {
    const { db, clock, lease, leaseMs, onFault } = this.#options;
    const news = { progress: this.#progress, logs: this.#logs };
    const leaseUntil = clock.now() + leaseMs;
    this.#progress = null;
    this.#logs = [];
    try {
      const { held, cancelAsked } = await db.write(reportJob, { ...lease, ...news, leaseUntil });
      if (!held) return this.#lose();
      this.#leaseUntil = leaseUntil;
      if (cancelAsked) this.#options.onCancel();
    } catch (error) {
      this.#logs = [...news.logs, ...this.#logs].slice(-MAX_LINES);
      this.#progress ??= news.progress;
      onFault(`heartbeat of job ${lease.id}`, error);
    }
  }

  #lose(): void {
    this.#finish();
    this.#options.onLost();
  }
}
