import { type Insertable, sql } from "kysely";
import { newId } from "../../../kernel/ids.ts";
import { type Database, procedure, type Tx } from "../../database/port.ts";
import type { JobState, JobsTable } from "../../database/schema/system.ts";
import type { Enqueued, NewJob } from "../port.ts";
import { DEFAULT_MAX_ATTEMPTS, LEVELS } from "./rules.ts";

// Literals and not parameters: only then does an engine see that a partial index fits.
const waiting = sql.lit<JobState>("waiting");
const running = sql.lit<JobState>("running");

/** Rows of one insert: far below the number of parameters that either engine takes. */
const CHUNK = 400;

function jobRow(job: NewJob, now: number): Insertable<JobsTable> {
  return {
    id: newId(now),
    kind: job.kind,
    payload: JSON.stringify(job.payload ?? null),
    state: "waiting",
    unique_key: job.uniqueKey ?? null,
    priority: LEVELS[job.priority ?? "normal"],
    run_at: job.runAt ?? now,
    attempts: 0,
    max_attempts: job.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    lease_owner: null,
    lease_until: null,
    cancel_asked: 0,
    progress_done: null,
    progress_total: null,
    error: null,
    created_at: now,
    started_at: null,
    finished_at: null,
  };
}

function insertNew(tx: Tx, rows: Insertable<JobsTable>[]) {
  return tx
    .insertInto("jobs")
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .column("unique_key")
        .where("unique_key", "is not", null)
        .where("state", "in", [waiting, running])
        .doNothing(),
    );
}

/** Adds a job within the transaction of the change that calls for it. */
export async function enqueueIn(tx: Tx, job: NewJob, now: number): Promise<Enqueued> {
  for (;;) {
    const row = jobRow(job, now);
    const added = await insertNew(tx, [row]).returning("id").executeTakeFirst();
    if (added !== undefined) return { id: added.id, added: true };
    const there = await tx
      .selectFrom("jobs")
      .select("id")
      .where("unique_key", "=", job.uniqueKey ?? null)
      .where("state", "in", [waiting, running])
      .executeTakeFirst();
    if (there !== undefined) return { id: there.id, added: false };
    // The job with this key ended between the two statements: the key is free now.
  }
}

/** Adds many jobs at once; those whose key is taken are left out. */
export async function enqueueManyIn(tx: Tx, jobs: readonly NewJob[], now: number): Promise<void> {
  for (let start = 0; start < jobs.length; start += CHUNK) {
    const rows = jobs.slice(start, start + CHUNK).map((job) => jobRow(job, now));
    await insertNew(tx, rows).execute();
  }
}

export const enqueueJob = procedure(
  "jobs.enqueue",
  (tx, { job, now }: { readonly job: NewJob; readonly now: number }) => enqueueIn(tx, job, now),
);

/** A node's wish for work. `owner` is a new value for each claim: it fences the leases given. */
export interface Claim {
  readonly owner: string;
  readonly wanted: readonly { readonly kind: string; readonly free: number }[];
  /** How many jobs the node has room for in all, whatever their kind. */
  readonly room: number;
  readonly now: number;
  readonly leaseUntil: number;
}

export interface ClaimedJob {
  readonly id: string;
  readonly kind: string;
  readonly payload: string;
  readonly attempts: number;
}

interface DueJob {
  readonly id: string;
  readonly kind: string;
  readonly run_at: number;
}

/** The first jobs of one kind and level: one range of the index. */
function due(tx: Tx, kind: string, level: number, limit: number, now: number): Promise<DueJob[]> {
  return tx
    .selectFrom("jobs")
    .select(["id", "kind", "run_at"])
    .where("state", "=", waiting)
    .where("kind", "=", kind)
    .where("priority", "=", level)
    .where("run_at", "<=", now)
    .orderBy("run_at")
    .orderBy("id")
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** The jobs to be given out, in order: no kind can keep the room from what is more urgent. */
async function pick(tx: Tx, { wanted, room, now }: Claim): Promise<string[]> {
  const ids: string[] = [];
  const free = new Map(wanted.map((each) => [each.kind, each.free]));
  for (const level of Object.values(LEVELS)) {
    const found: DueJob[] = [];
    for (const [kind, left] of free) {
      const limit = Math.min(left, room - ids.length);
      if (limit > 0) found.push(...(await due(tx, kind, level, limit, now)));
    }
    found.sort((a, b) => a.run_at - b.run_at || (a.id < b.id ? -1 : 1));
    for (const { id, kind } of found.slice(0, room - ids.length)) {
      ids.push(id);
      free.set(kind, (free.get(kind) ?? 0) - 1);
    }
  }
  return ids;
}

/**
 * Gives due jobs to a node, of each kind and in all at most as many as it has room for: by
 * priority, then by time. Rows that another node is just claiming are passed over, not waited for.
 */
export const claimJobs = procedure(
  "jobs.claim",
  async (tx, claim: Claim): Promise<ClaimedJob[]> => {
    const { owner, now, leaseUntil } = claim;
    const ids = await pick(tx, claim);
    if (ids.length === 0) return [];
    const claimed = await tx
      .updateTable("jobs")
      .set((eb) => ({
        state: "running",
        attempts: eb("attempts", "+", 1),
        lease_owner: owner,
        lease_until: leaseUntil,
        progress_done: null,
        progress_total: null,
        started_at: now,
      }))
      .where("id", "in", ids)
      .returning(["id", "kind", "payload", "attempts"])
      .execute();
    const place = new Map(ids.map((id, index) => [id, index]));
    return claimed.sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
  },
);

export interface Outlook {
  /** When the next waiting job of a kind is due; kinds without one are missing. */
  readonly waiting: ReadonlyMap<string, number>;
  /** When the next lease ends, of any kind; null when nothing runs. */
  readonly leaseEnd: number | null;
}

/**
 * Compiles the look ahead that spares a node from opening write transactions for nothing.
 * Each row of the answer is one seek in an index, however many jobs there are.
 */
export function prepareOutlook(db: Database, kinds: readonly string[]): () => Promise<Outlook> {
  const read = db.prepare<Record<never, never>, { kind: string; at: number | null }>((query) => {
    // The empty name stands for the leases: no handler has it.
    let all = query
      .selectFrom("jobs")
      .select((eb) => [sql.lit("").as("kind"), eb.fn.min("lease_until").as("at")])
      .where("state", "=", running);
    for (const kind of kinds) {
      for (const level of Object.values(LEVELS)) {
        all = all.unionAll(
          query
            .selectFrom("jobs")
            .select((eb) => [sql.lit(kind).as("kind"), eb.fn.min("run_at").as("at")])
            .where("state", "=", waiting)
            .where("kind", "=", kind)
            .where("priority", "=", level),
        );
      }
    }
    return all.compile();
  });
  return async () => {
    const next = new Map<string, number>();
    let leaseEnd: number | null = null;
    for (const { kind, at } of await read({})) {
      if (at === null) continue;
      if (kind === "") leaseEnd = at;
      else next.set(kind, Math.min(at, next.get(kind) ?? at));
    }
    return { waiting: next, leaseEnd };
  };
}

/** How many jobs of these kinds wait, on all nodes. */
export async function waitingJobs(db: Database, kinds: readonly string[]): Promise<number> {
  const { count } = await db.read
    .selectFrom("jobs")
    .select((e) => e.fn.countAll<number>().as("count"))
    // A literal: only then does an engine see that the index of the waiting fits.
    .where("state", "=", sql.lit<JobState>("waiting"))
    .where("kind", "in", kinds)
    .executeTakeFirstOrThrow();
  return Number(count);
}
