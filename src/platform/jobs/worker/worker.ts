import { type Clock, SECOND } from "../../../kernel/clock.ts";
import { newId } from "../../../kernel/ids.ts";
import type { Database } from "../../database/port.ts";
import { purgeHandler, purgeSchedule } from "../history/purge.ts";
import { type Cancelled, cancelJob, countJobs } from "../history/store.ts";
import { reapLeases, settleJob } from "../leases/store.ts";
import { type AnyListener, listenerHandler, routeOf } from "../outbox/listeners.ts";
import { prepareRelay } from "../outbox/store.ts";
import type { Enqueued, FaultHook, JobCount, JobHandler, NewJob, RunFigures } from "../port.ts";
import { claimJobs, enqueueJob, type Outlook, prepareOutlook } from "../queue/store.ts";
import type { Schedule } from "../schedules/cron.ts";
import { declareSchedules, nextScheduled, tickSchedules } from "../schedules/store.ts";
import { Alarm } from "./alarm.ts";
import type { Timing } from "./pulse.ts";
import { Run } from "./run.ts";

export interface JobsWorkerOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** Names this node in leases and logs. */
  readonly node: string;
  readonly handlers: readonly JobHandler[];
  /** How many jobs of all kinds together run at once on this node. */
  readonly concurrency: number;
  readonly listeners?: readonly AnyListener[];
  readonly schedules?: readonly Schedule[];
  readonly onFault: FaultHook;
  readonly timing?: Partial<Timing>;
  /** How long work of another node, or a due time, can go unnoticed. */
  readonly pollMs?: number;
}

const TIMING: Timing = { leaseMs: 30 * SECOND, heartbeatMs: 10 * SECOND, newsMs: 500 };

/** Keeps two nodes that reach for the same row from spinning. */
const SHORTEST_SLEEP = 20;

/** Leases ended in one transaction. */
const REAP = 50;

/**
 * A node's share of the work: relays committed events, enqueues what is scheduled, claims due
 * jobs and runs them. Any number of nodes work on one database; their clocks must agree to within
 * a fraction of a lease.
 *
 * It looks when told (`notify`), when the next thing is due, and every `pollMs`.
 */
export class JobsWorker {
  readonly #options: JobsWorkerOptions;
  readonly #timing: Timing;
  readonly #handlers: ReadonlyMap<string, JobHandler>;
  readonly #outlook: () => Promise<Outlook>;
  readonly #relay: (now: number) => Promise<number>;
  readonly #schedules: readonly Schedule[];
  readonly #runs = new Set<Run>();
  readonly #alarm = new Alarm();
  readonly #figures: ReadonlyMap<string, { runs: number; failures: number; milliseconds: number }>;
  #loop: Promise<void> | undefined;
  #stopping = false;

  constructor(options: JobsWorkerOptions) {
    const { db, handlers, listeners = [], schedules = [] } = options;
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    const all = [purgeHandler(db), ...handlers, ...listeners.map(listenerHandler)];
    this.#handlers = new Map(all.map((handler) => [handler.kind, handler]));
    if (this.#handlers.size !== all.length) throw new Error("two job handlers of one kind");
    this.#figures = new Map(
      all.map(({ kind }) => [kind, { runs: 0, failures: 0, milliseconds: 0 }]),
    );
    this.#schedules = [purgeSchedule, ...schedules];
    this.#outlook = prepareOutlook(db, [...this.#handlers.keys()]);
    this.#relay = prepareRelay(db, listeners.map(routeOf));
  }

  /** Writes the schedules down and begins to work. Throws RangeError for a schedule that is none. */
  async start(): Promise<void> {
    if (this.#loop !== undefined) throw new Error("the worker has been started before");
    await declareSchedules(this.#options.db, this.#schedules, this.#options.clock.now());
    this.#loop = this.#work();
  }

  /**
   * Takes no more work, tells running jobs to end and waits for them for at most `deadlineMs`;
   * what still runs then is given back, without counting as a run, for another node to take.
   */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    this.#alarm.ring();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    for (const run of this.#runs) run.abort("stopping");
    await Promise.race([this.#idle(), deadline]);
    clearTimeout(timer);
    await Promise.all(Array.from(this.#runs, (run) => run.abandon()));
  }

  /** There is work: an event or a job was just committed on this node. */
  notify(): void {
    this.#alarm.ring();
  }

  /** Adds a job in a transaction of its own; within another one use `enqueueIn` and `notify`. */
  async enqueue(job: NewJob): Promise<Enqueued> {
    const { db, clock } = this.#options;
    const enqueued = await db.write(enqueueJob, { job, now: clock.now() });
    this.notify();
    return enqueued;
  }

  /** Cancels a job; one that runs on this node hears of it at once, elsewhere with a heartbeat. */
  async cancel(id: string): Promise<Cancelled> {
    const { db, clock } = this.#options;
    const cancelled = await db.write(cancelJob, { id, now: clock.now() });
    if (cancelled === "asked") this.interrupt(id);
    return cancelled;
  }

  /** A job was just asked to end: if it runs on this node, it need not wait for a heartbeat. */
  interrupt(id: string): void {
    for (const run of this.#runs) if (run.id === id) run.abort("cancelled");
  }

  /** The kinds that this node does, and what became of the runs of each since it started. */
  figures(): RunFigures[] {
    return Array.from(this.#figures, ([kind, { runs, failures, milliseconds }]) => {
      return { kind, runs, failures, milliseconds };
    });
  }

  /** How many jobs there are of each kind in each state, on all nodes. */
  stats(): Promise<JobCount[]> {
    return countJobs(this.#options.db);
  }

  async #idle(): Promise<void> {
    await this.#loop;
    await Promise.all(Array.from(this.#runs, (run) => run.ended));
  }

  async #work(): Promise<void> {
    const { pollMs = SECOND } = this.#options;
    while (!this.#stopping) {
      let wait = pollMs;
      try {
        wait = Math.min(pollMs, Math.max(0, (await this.#round()) - this.#options.clock.now()));
      } catch (error) {
        this.#options.onFault("jobs", error);
      }
      if (!this.#stopping) await this.#alarm.sleep(wait);
    }
  }

  /** Does what there is to do now; gives the time at which there will be more. */
  async #round(): Promise<number> {
    const { db, clock, onFault } = this.#options;
    const kinds = [...this.#handlers.keys()];
    await this.#relay(clock.now());
    const scheduled = await nextScheduled(db, kinds);
    if (scheduled !== null && scheduled <= clock.now()) {
      await tickSchedules(db, kinds, clock.now(), onFault);
    }
    const before = await this.#outlook();
    if (before.leaseEnd !== null && before.leaseEnd <= clock.now()) {
      await db.write(reapLeases, { now: clock.now(), limit: REAP });
      await this.#claim(await this.#outlook());
    } else {
      await this.#claim(before);
    }
    return this.#nextTime(await this.#outlook(), await nextScheduled(db, kinds));
  }

  #nextTime({ waiting, leaseEnd }: Outlook, scheduled: number | null): number {
    const now = this.#options.clock.now();
    const times = [leaseEnd ?? Number.MAX_SAFE_INTEGER];
    // A schedule that is still due could not be ticked: that can wait for the next poll.
    if (scheduled !== null && scheduled > now) times.push(scheduled);
    // What there is no room for is looked at again when a run ends.
    for (const [kind, at] of waiting) if (this.#free(kind) > 0) times.push(at);
    // What is still due is just being taken by another node, or came up during this round.
    return Math.max(now + SHORTEST_SLEEP, Math.min(...times));
  }

  get #room(): number {
    return Math.max(0, this.#options.concurrency - this.#runs.size);
  }

  /** How many more jobs of a kind may run here now. */
  #free(kind: string): number {
    let free = this.#handlers.get(kind)?.concurrency ?? 1;
    for (const run of this.#runs) if (run.kind === kind) free--;
    return Math.min(free, this.#room);
  }

  async #claim({ waiting }: Outlook): Promise<void> {
    const { db, clock, node } = this.#options;
    const now = clock.now();
    const wanted = [...waiting]
      .filter(([, at]) => at <= now)
      .map(([kind]) => ({ kind, free: this.#free(kind) }))
      .filter(({ free }) => free > 0);
    if (wanted.length === 0 || this.#stopping) return;
    const owner = `${node}/${newId(now)}`;
    const leaseUntil = now + this.#timing.leaseMs;
    const jobs = await db.write(claimJobs, { owner, wanted, room: this.#room, now, leaseUntil });
    for (const job of jobs) {
      const handler = this.#handlers.get(job.kind);
      if (handler !== undefined && !this.#stopping) {
        this.#launch(
          new Run({ ...this.#options, timing: this.#timing, handler, job, owner, leaseUntil }),
        );
        continue;
      }
      // The node began to stop while it claimed.
      const back = {
        id: job.id,
        owner,
        outcome: { as: "released" },
        progress: null,
        logs: [],
      } as const;
      await db.write(settleJob, { ...back, now: clock.now() });
    }
  }

  #launch(run: Run): void {
    this.#runs.add(run);
    const began = performance.now();
    void run.ended.then((outcome) => {
      this.#runs.delete(run);
      const figures = this.#figures.get(run.kind);
      if (figures !== undefined) {
        figures.runs += 1;
        figures.failures += outcome === "failed" ? 1 : 0;
        figures.milliseconds += performance.now() - began;
      }
      this.#alarm.ring();
    });
  }
}
