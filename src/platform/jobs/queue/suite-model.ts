import type { JobState, JobsTable } from "../../database/schema/system.ts";

/** What the model remembers of a job. */
export interface ModelJob {
  readonly id: string;
  readonly kind: string;
  readonly key: string | null;
  readonly level: number;
  readonly max: number;
  state: JobState;
  runAt: number;
  attempts: number;
  owner: string | null;
  leaseUntil: number | null;
  cancelAsked: boolean;
}

/** The rules of the queue in plain words, against which the one in SQL is held. */
export class ModelQueue {
  readonly jobs = new Map<string, ModelJob>();

  /** The waiting or running job with this key. */
  holder(key: string | null): ModelJob | undefined {
    if (key === null) return undefined;
    for (const job of this.jobs.values()) {
      if (job.key === key && (job.state === "waiting" || job.state === "running")) return job;
    }
    return undefined;
  }

  /** The ids of the due jobs that a node with this room gets, in order. */
  due(free: Readonly<Record<string, number>>, room: number, now: number): string[] {
    const given: ModelJob[] = [];
    const all = [...this.jobs.values()]
      .filter((job) => job.state === "waiting" && job.runAt <= now)
      .sort((a, b) => a.level - b.level || a.runAt - b.runAt || (a.id < b.id ? -1 : 1));
    for (const job of all) {
      const ofKind = given.filter((other) => other.kind === job.kind).length;
      if (given.length < room && ofKind < (free[job.kind] ?? 0)) given.push(job);
    }
    return given.map((job) => job.id);
  }

  claim(id: string, owner: string, leaseUntil: number): void {
    const job = this.#get(id);
    if (job.state !== "waiting") throw new Error(`${id} was given out while ${job.state}`);
    Object.assign(job, { state: "running", owner, leaseUntil, attempts: job.attempts + 1 });
  }

  holds(id: string, owner: string): boolean {
    const job = this.#get(id);
    return job.state === "running" && job.owner === owner;
  }

  renew(id: string, leaseUntil: number): boolean {
    const job = this.#get(id);
    job.leaseUntil = leaseUntil;
    return job.cancelAsked;
  }

  settle(id: string, outcome: "done" | "failed" | "released" | "expired", again: number): JobState {
    const job = this.#get(id);
    job.owner = null;
    job.leaseUntil = null;
    if (outcome === "done") job.state = "done";
    else if (job.cancelAsked) job.state = "cancelled";
    else if (outcome !== "released" && job.attempts >= job.max) job.state = "failed";
    else {
      job.state = "waiting";
      job.runAt = again;
      if (outcome === "released") job.attempts--;
    }
    return job.state;
  }

  cancel(id: string): string {
    const job = this.#get(id);
    if (job.state === "waiting") {
      job.state = "cancelled";
      return "cancelled";
    }
    if (job.state !== "running") return "over";
    job.cancelAsked = true;
    return "asked";
  }

  reap(now: number): number {
    let count = 0;
    for (const job of this.jobs.values()) {
      if (job.state !== "running" || (job.leaseUntil ?? 0) > now) continue;
      this.settle(job.id, "expired", now);
      count++;
    }
    return count;
  }

  /** As rows would look. */
  rows() {
    return [...this.jobs.values()]
      .map((job) => ({
        id: job.id,
        state: job.state,
        runAt: job.runAt,
        attempts: job.attempts,
        owner: job.owner,
        leaseUntil: job.leaseUntil,
        cancelAsked: job.cancelAsked,
        finished: job.state !== "waiting" && job.state !== "running",
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #get(id: string): ModelJob {
    const job = this.jobs.get(id);
    if (job === undefined) throw new Error(`the model knows no job ${id}`);
    return job;
  }
}

/** Rows of the table in the words of the model. */
export function rowsOf(table: readonly JobsTable[]) {
  return table.map((job) => ({
    id: job.id,
    state: job.state,
    runAt: job.run_at,
    attempts: job.attempts,
    owner: job.lease_owner,
    leaseUntil: job.lease_until,
    cancelAsked: job.cancel_asked === 1,
    finished: job.finished_at !== null,
  }));
}
