import { SECOND } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import { readJob, readLogsAfter } from "../../platform/jobs/history/store.ts";
import type { JobView, NumberedLine } from "../../platform/jobs/port.ts";

/** What somebody who watches a job is told. `seq` is where the log stands, to go on from there. */
export type JobNews =
  | { readonly kind: "job"; readonly seq: number; readonly job: JobView }
  | { readonly kind: "log"; readonly seq: number; readonly line: NumberedLine }
  /** Nothing new: only so that what lies between does not take the connection for dead. */
  | { readonly kind: "beat" };

export interface WatchTiming {
  /** How often the row is looked at. */
  readonly pollMs: number;
  readonly beatMs: number;
  /** How often whoever watches is asked whether they still may. */
  readonly recheckMs: number;
}

export interface WatchOptions {
  readonly db: Database;
  /** Most that are watched at a time on this node. */
  readonly most?: number;
  readonly timing?: Partial<WatchTiming>;
  readonly onFault: (error: unknown) => void;
}

export interface Watched {
  readonly id: string;
  /** Lines up to this one are known. */
  readonly after: number;
  /** Whether the one who watches may still do so. */
  readonly stillMay: () => Promise<boolean>;
}

const MOST = 64;
const TIMING: WatchTiming = { pollMs: 500, beatMs: 15 * SECOND, recheckMs: 5 * SECOND };

/** The news of one job, for one who watches. Ends by itself once the job has ended. */
export interface Watching {
  readonly news: AsyncGenerator<JobNews>;
  /** Ends the news, whatever it waits for. Idempotent. */
  close(): void;
}

/**
 * Tells how jobs get on. The rows are looked at, on whichever node they run, and only while somebody
 * watches; a watcher costs two reads of an index each half second, so their number is bounded.
 */
export class JobWatch {
  readonly #options: WatchOptions;
  readonly #timing: WatchTiming;
  readonly #open = new Set<Watching>();
  #closed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
  }

  /** How many are watched now. */
  get size(): number {
    return this.#open.size;
  }

  /** Throws `jobs.most_watchers`, or `service.stopping`. */
  open(watched: Watched): Watching {
    if (this.#closed) throw failure("service.stopping");
    if (this.#open.size >= (this.#options.most ?? MOST)) throw failure("jobs.most_watchers");
    const ending = new AbortController();
    const watching: Watching = {
      news: this.#follow(watched, ending.signal, () => watching.close()),
      close: () => {
        this.#open.delete(watching);
        ending.abort();
      },
    };
    this.#open.add(watching);
    return watching;
  }

  /** Ends every watch, and begins no more. */
  close(): void {
    this.#closed = true;
    for (const watching of this.#open) watching.close();
  }

  async *#follow(
    watched: Watched,
    signal: AbortSignal,
    end: () => void,
  ): AsyncGenerator<JobNews, void, void> {
    const { pollMs, beatMs, recheckMs } = this.#timing;
    const { id, stillMay } = watched;
    let { after } = watched;
    let told = "";
    let spoke = performance.now();
    let asked = spoke;
    try {
      while (!signal.aborted) {
        // The job before its lines: once it has ended, they are all there.
        const job = await readJob(this.#options.db, id);
        if (job === null) return;
        for (const line of await readLogsAfter(this.#options.db, id, after)) {
          after = line.seq;
          spoke = performance.now();
          yield { kind: "log", seq: after, line };
        }
        const state = JSON.stringify(job);
        if (state !== told) {
          told = state;
          spoke = performance.now();
          yield { kind: "job", seq: after, job };
        }
        if (job.finishedAt !== null) return;
        await pause(pollMs, signal);
        if (performance.now() - asked >= recheckMs) {
          asked = performance.now();
          if (!(await stillMay())) return;
        }
        if (performance.now() - spoke >= beatMs) {
          spoke = performance.now();
          yield { kind: "beat" };
        }
      }
    } catch (error) {
      // Whoever watches comes back by itself and goes on where it was.
      this.#options.onFault(error);
    } finally {
      end();
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) return Promise.resolve();
  const timer = setTimeout(resolve, milliseconds);
  const wake = () => {
    clearTimeout(timer);
    resolve();
  };
  signal.addEventListener("abort", wake, { once: true });
  return promise.finally(() => signal.removeEventListener("abort", wake));
}
