import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type FreshDatabase, freshDatabase } from "../../../../tests/support/database.ts";
import type { Database } from "../../database/port.ts";
import { cancelJob, readJob, readJobLogs } from "../history/store.ts";
import type { NewJob } from "../port.ts";
import { MAX_LINES, MAX_TEXT } from "../queue/rules.ts";
import { claimJobs, enqueueJob } from "../queue/store.ts";
import { NOON, openJobs } from "../suite.ts";
import { clearJobs } from "../suite-procedures.ts";
import { type Lease, reapLeases, reportJob, settleJob } from "./store.ts";

let fresh: FreshDatabase;
let db: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = await openJobs(fresh);
});

beforeEach(() => db.write(clearJobs, {}));

afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const UNTIL = NOON + 30_000;
const none = { progress: null, logs: [] };

async function running(owner = "first", job: Partial<NewJob> = {}): Promise<Lease> {
  const { id } = await db.write(enqueueJob, { job: { kind: "a", ...job }, now: NOON });
  await claim(owner, NOON);
  return { id, owner };
}

function claim(owner: string, now: number) {
  const wanted = [{ kind: "a", free: 10 }];
  return db.write(claimJobs, { owner, wanted, room: 10, now, leaseUntil: now + 30_000 });
}

function line(message: string) {
  return { at: NOON, level: "info", message } as const;
}

describe("a worker that lost its lease", () => {
  test("can neither report nor finish: the one that took over is not disturbed", async () => {
    const lost = await running("first");
    expect(await db.write(reapLeases, { now: UNTIL - 1, limit: 10 })).toBe(0);
    expect(await db.write(reapLeases, { now: UNTIL, limit: 10 })).toBe(1);
    expect(await claim("second", UNTIL)).toMatchObject([{ id: lost.id, attempts: 2 }]);

    const news = { progress: { done: 7, total: 9 }, logs: [line("from the dead")] };
    expect(await db.write(reportJob, { ...lost, ...news, leaseUntil: UNTIL * 2 })).toEqual({
      held: false,
      cancelAsked: false,
    });
    for (const outcome of [
      { as: "done" },
      { as: "failed", error: "no", retryAt: 0 },
      { as: "released" },
    ] as const) {
      expect(await db.write(settleJob, { ...lost, ...news, outcome, now: UNTIL })).toBeNull();
    }

    expect(await readJob(db, lost.id)).toMatchObject({ state: "running", progress: null });
    expect((await readJobLogs(db, lost.id)).map((each) => each.message)).toEqual([
      "run 1 was lost: worker first stopped answering",
    ]);
    const taken = { id: lost.id, owner: "second" };
    const outcome = { as: "done" } as const;
    expect(await db.write(settleJob, { ...taken, ...none, outcome, now: UNTIL })).toBe("done");
  });

  test("whose last run it was leaves a failed job", async () => {
    const { id } = await running("first", { maxAttempts: 1 });
    await db.write(reapLeases, { now: UNTIL, limit: 10 });
    expect(await readJob(db, id)).toMatchObject({
      state: "failed",
      finishedAt: UNTIL,
      error: "the worker that ran this job stopped answering",
    });
  });
});

describe("a heartbeat", () => {
  test("renews the lease and keeps progress", async () => {
    const lease = await running();
    const progress = { done: 3, total: null };
    await db.write(reportJob, { ...lease, progress, logs: [], leaseUntil: UNTIL + 500 });
    await db.write(reportJob, { ...lease, ...none, leaseUntil: UNTIL + 1_000 });
    expect(await db.write(reapLeases, { now: UNTIL + 999, limit: 10 })).toBe(0);
    expect(await readJob(db, lease.id)).toMatchObject({ progress });
  });

  test("hears that the job was cancelled", async () => {
    const lease = await running();
    expect(await db.write(cancelJob, { id: lease.id, now: NOON })).toBe("asked");
    const answer = await db.write(reportJob, { ...lease, ...none, leaseUntil: UNTIL });
    expect(answer).toEqual({ held: true, cancelAsked: true });
  });
});

describe("logs", () => {
  test("stay in order, within bounds, without secrets", async () => {
    const lease = await running();
    const report = (messages: string[]) =>
      db.write(reportJob, {
        ...lease,
        progress: null,
        logs: messages.map(line),
        leaseUntil: UNTIL,
      });
    const all = Array.from({ length: MAX_LINES + 120 }, (_, i) => `line ${i}`);
    for (let start = 0; start < all.length; start += 70) await report(all.slice(start, start + 70));
    const kept = (await readJobLogs(db, lease.id)).map((each) => each.message);
    expect(kept).toEqual(all.slice(-MAX_LINES));

    await report([`${"x".repeat(MAX_TEXT * 2)}`, "nul \0", "http://me:hunter22@host/ refused"]);
    const [long, nul, secret] = (await readJobLogs(db, lease.id)).slice(-3);
    expect(long?.message).toHaveLength(MAX_TEXT);
    expect(nul?.message).toBe("nul ␀");
    expect(secret?.message).toBe("http://me:[redacted]@host/ refused");
  });

  test("more than the bound at once keeps the newest", async () => {
    const lease = await running();
    const logs = Array.from({ length: MAX_LINES * 2 }, (_, i) => line(String(i)));
    await db.write(reportJob, { ...lease, progress: null, logs, leaseUntil: UNTIL });
    const kept = await readJobLogs(db, lease.id);
    expect(kept).toHaveLength(MAX_LINES);
    expect(kept.at(-1)?.message).toBe(String(MAX_LINES * 2 - 1));
  });
});

test("what a job came to can be read", async () => {
  const lease = await running("first", { payload: { of: ["everything"] }, maxAttempts: 4 });
  const outcome = { as: "failed", error: "broke\0n", retryAt: NOON + 5 } as const;
  await db.write(settleJob, { ...lease, ...none, outcome, now: NOON + 1 });
  expect(await readJob(db, lease.id)).toEqual({
    id: lease.id,
    kind: "a",
    payload: { of: ["everything"] },
    state: "waiting",
    attempts: 1,
    maxAttempts: 4,
    runAt: NOON + 5,
    cancelAsked: false,
    progress: null,
    error: "broke␀n",
    createdAt: NOON,
    startedAt: NOON,
    finishedAt: null,
  });
  expect(await readJob(db, "no such")).toBeNull();
  expect(await db.write(cancelJob, { id: "no such", now: NOON })).toBe("unknown");
});
