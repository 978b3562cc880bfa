import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { type FreshDatabase, freshDatabase } from "../../../../tests/support/database.ts";
import type { Database } from "../../database/port.ts";
import { cancelJob } from "../history/store.ts";
import { type Lease, reapLeases, reportJob, settleJob } from "../leases/store.ts";
import type { Priority } from "../port.ts";
import { allJobs, NOON, openJobs } from "../suite.ts";
import { clearJobs } from "../suite-procedures.ts";
import { LEVELS, type Outcome } from "./rules.ts";
import { claimJobs, enqueueJob } from "./store.ts";
import { ModelQueue, rowsOf } from "./suite-model.ts";

const LEASE = 30_000;
const HOURS = 10 * 3_600_000;

let fresh: FreshDatabase;
let db: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = await openJobs(fresh);
});

afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const index = fc.nat({ max: 30 });

const step = fc.oneof(
  fc.record({
    verb: fc.constant("enqueue" as const),
    kind: fc.constantFrom("a", "b"),
    key: fc.option(fc.constantFrom("k1", "k2", "k3")),
    delay: fc.constantFrom(0, 0, 5_000, 50_000),
    priority: fc.constantFrom<Priority>("high", "normal", "low"),
    max: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    verb: fc.constant("claim" as const),
    worker: fc.constantFrom("w1", "w2", "w3"),
    a: fc.nat({ max: 3 }),
    b: fc.nat({ max: 3 }),
    room: fc.nat({ max: 6 }),
  }),
  fc.record({ verb: fc.constant("beat" as const), index }),
  fc.record({
    verb: fc.constant("settle" as const),
    index,
    as: fc.constantFrom("done" as const, "failed" as const, "released" as const),
    pause: fc.constantFrom(0, 1_000, 60_000),
  }),
  fc.record({ verb: fc.constant("cancel" as const), index }),
  fc.record({ verb: fc.constant("reap" as const) }),
  fc.record({ verb: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Plays steps on the queue and on the model side by side. */
class Play {
  readonly model = new ModelQueue();
  /** Every lease ever given, also those long lost: their holders go on trying. */
  readonly leases: Lease[] = [];
  #now = NOON;
  #claims = 0;

  async take(action: Step): Promise<void> {
    const now = this.#now;
    switch (action.verb) {
      case "enqueue":
        return this.#enqueue(action);
      case "claim":
        await this.claim(action.worker, action.a, action.b, action.room);
        return;
      case "wait":
        this.#now += action.ms;
        return;
      case "reap":
        expect(await db.write(reapLeases, { now, limit: 1_000 })).toBe(this.model.reap(now));
        return;
      case "cancel": {
        const id = [...this.model.jobs.keys()][action.index];
        if (id === undefined) return;
        expect(await db.write(cancelJob, { id, now })).toBe(this.model.cancel(id) as "over");
        return;
      }
      case "beat": {
        const lease = this.leases[action.index];
        if (lease === undefined) return;
        const held = this.model.holds(lease.id, lease.owner);
        const leaseUntil = now + LEASE;
        const cancelAsked = held && this.model.renew(lease.id, leaseUntil);
        const news = { progress: { done: 1, total: 2 }, logs: [] };
        const answer = await db.write(reportJob, { ...lease, ...news, leaseUntil });
        expect(answer).toEqual({ held, cancelAsked });
        return;
      }
      case "settle": {
        const lease = this.leases[action.index];
        if (lease !== undefined) await this.settle(lease, action.as, action.pause);
      }
    }
  }

  async settle(lease: Lease, as: "done" | "failed" | "released", pause: number): Promise<void> {
    const now = this.#now;
    const outcome: Outcome =
      as === "failed" ? { as, error: "broke", retryAt: now + pause } : { as };
    const expected = this.model.holds(lease.id, lease.owner)
      ? this.model.settle(lease.id, as, as === "failed" ? now + pause : now)
      : null;
    const news = { progress: null, logs: [] };
    expect(await db.write(settleJob, { ...lease, ...news, outcome, now })).toBe(expected);
  }

  async claim(worker: string, a: number, b: number, room: number): Promise<number> {
    const now = this.#now;
    const owner = `${worker}/${this.#claims++}`;
    const leaseUntil = now + LEASE;
    const expected = this.model.due({ a, b }, room, now);
    const wanted = [
      { kind: "a", free: a },
      { kind: "b", free: b },
    ].filter(({ free }) => free > 0);
    const claimed = await db.write(claimJobs, { owner, wanted, room, now, leaseUntil });
    expect(claimed.map((job) => job.id)).toEqual(expected);
    for (const { id, attempts } of claimed) {
      this.model.claim(id, owner, leaseUntil);
      expect(attempts).toBe(this.model.jobs.get(id)?.attempts ?? -1);
      this.leases.push({ id, owner });
    }
    return claimed.length;
  }

  async compare(): Promise<void> {
    expect(rowsOf(await allJobs(db))).toEqual(this.model.rows());
  }

  /** Whatever happened: with workers that work, every job comes to an end. */
  async drain(): Promise<void> {
    for (let round = 0; round < 8; round++) {
      this.#now += HOURS;
      await this.take({ verb: "reap" });
      const before = this.leases.length;
      if ((await this.claim("drain", 100, 100, 200)) === 0) break;
      for (const lease of this.leases.slice(before)) await this.settle(lease, "done", 0);
    }
    const open = this.model.rows().filter((job) => !job.finished);
    expect(open).toEqual([]);
    await this.compare();
  }

  async #enqueue(action: Extract<Step, { verb: "enqueue" }>): Promise<void> {
    const { kind, key, delay, priority, max } = action;
    const now = this.#now;
    const there = this.model.holder(key);
    const runAt = now + delay;
    const job = {
      kind,
      runAt,
      priority,
      maxAttempts: max,
      ...(key === null ? {} : { uniqueKey: key }),
    };
    const { id, added } = await db.write(enqueueJob, { job, now });
    expect(added).toBe(there === undefined);
    if (there !== undefined) return void expect(id).toBe(there.id);
    this.model.jobs.set(id, {
      id,
      kind,
      key,
      level: LEVELS[priority],
      max,
      state: "waiting",
      runAt,
      attempts: 0,
      owner: null,
      leaseUntil: null,
      cancelAsked: false,
    });
  }
}

test("the queue does what the model says, whatever several workers do", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 60, size: "max" }),
      async (steps) => {
        await db.write(clearJobs, {});
        const play = new Play();
        for (const action of steps) {
          await play.take(action);
          await play.compare();
        }
        await play.drain();
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);
