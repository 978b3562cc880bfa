import { type FreshDatabase, freshDatabase } from "../../../../tests/support/database.ts";
import { DAY, systemClock } from "../../../kernel/clock.ts";
import type { Database } from "../../database/port.ts";
import { readJob } from "../history/store.ts";
import type { JobContext, JobHandler } from "../port.ts";
import { faultList, openJobs } from "../suite.ts";
import { JobsWorker, type JobsWorkerOptions } from "./worker.ts";

/** A fresh database and the nodes that work on it. */
export class Nodes {
  readonly db: Database;
  readonly faults: readonly string[];
  readonly #fresh: FreshDatabase;
  readonly #onFault: ReturnType<typeof faultList>["onFault"];
  readonly #workers: JobsWorker[] = [];

  private constructor(fresh: FreshDatabase, db: Database) {
    this.#fresh = fresh;
    this.db = db;
    const { faults, onFault } = faultList();
    this.faults = faults;
    this.#onFault = onFault;
  }

  static async open(): Promise<Nodes> {
    const fresh = await freshDatabase();
    return new Nodes(fresh, await openJobs(fresh));
  }

  /** Starts a node that looks only when told to, unless `options` say otherwise. */
  async start(options: Partial<JobsWorkerOptions>): Promise<JobsWorker> {
    const worker = new JobsWorker({
      db: this.db,
      clock: systemClock,
      node: `node-${this.#workers.length}`,
      handlers: [],
      concurrency: 16,
      pollMs: DAY,
      timing: { newsMs: 1 },
      onFault: this.#onFault,
      ...options,
    });
    this.#workers.push(worker);
    await worker.start();
    return worker;
  }

  async state(id: string): Promise<string | undefined> {
    return (await readJob(this.db, id))?.state;
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) await worker.stop(5_000);
    await this.db.close();
    await this.#fresh.drop();
  }
}

/** A handler of the kind `a`. */
export function handler(
  run: (payload: unknown, context: JobContext) => Promise<void>,
  concurrency?: number,
): JobHandler {
  return { kind: "a", run, ...(concurrency === undefined ? {} : { concurrency }) };
}

/** Rejects when the job is told to end, as a handler that listens does. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}
