import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type FreshDatabase, freshDatabase } from "../../../../tests/support/database.ts";
import { DAY, HOUR, ManualClock, MINUTE, systemClock } from "../../../kernel/clock.ts";
import type { AnyEvent } from "../../../kernel/events.ts";
import type { Database } from "../../database/port.ts";
import { readJob, readJobLogs } from "../history/store.ts";
import { settleJob } from "../leases/store.ts";
import type { JobContext, JobHandler } from "../port.ts";
import { claimJobs } from "../queue/store.ts";
import { allJobs, faultList, Gate, NOON, openJobs, until } from "../suite.ts";
import { changeWithEvent } from "../suite-procedures.ts";
import { JobAborted } from "./abort.ts";
import { JobsWorker, type JobsWorkerOptions } from "./worker.ts";

let fresh: FreshDatabase;
let db: Database;
let workers: JobsWorker[];
let faults: ReturnType<typeof faultList>;

beforeEach(async () => {
  fresh = await freshDatabase();
  db = await openJobs(fresh);
  workers = [];
  faults = faultList();
});

afterEach(async () => {
  for (const worker of workers) await worker.stop(5_000);
  await db.close();
  await fresh.drop();
});

/** A node that looks only when told to, unless `options` say otherwise. */
async function node(options: Partial<JobsWorkerOptions>): Promise<JobsWorker> {
  const worker = new JobsWorker({
    db,
    clock: systemClock,
    node: `node-${workers.length}`,
    handlers: [],
    pollMs: DAY,
    timing: { newsMs: 1 },
    onFault: faults.onFault,
    ...options,
  });
  workers.push(worker);
  await worker.start();
  return worker;
}

function handler(
  run: (payload: unknown, context: JobContext) => Promise<void>,
  concurrency?: number,
): JobHandler {
  return { kind: "a", run, ...(concurrency === undefined ? {} : { concurrency }) };
}

/** Ends when the job is told to. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

async function state(id: string): Promise<string | undefined> {
  return (await readJob(db, id))?.state;
}

describe("a job", () => {
  test("is run with its payload as soon as it is added, and keeps what it told", async () => {
    const seen = new Gate<unknown>();
    const worker = await node({
      handlers: [
        handler(async (payload, { log, progress, now, attempt }) => {
          log("info", "one");
          log("warn", "two");
          progress(1.7, 3);
          progress(Number.NaN, Number.POSITIVE_INFINITY);
          progress(3, 3);
          expect(attempt).toBe(1);
          expect(Math.abs(now() - Date.now())).toBeLessThan(MINUTE);
          seen.open(payload);
        }),
      ],
    });
    const { id, added } = await worker.enqueue({ kind: "a", payload: { x: [1, "é"] } });
    expect(added).toBe(true);
    expect(await seen.passed).toEqual({ x: [1, "é"] });
    await until(async () => (await state(id)) === "done");
    expect(await readJob(db, id)).toMatchObject({ progress: { done: 3, total: 3 }, attempts: 1 });
    const lines = await readJobLogs(db, id);
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "info one",
      "warn two",
    ]);
    expect(await worker.stats()).toEqual([{ kind: "a", state: "done", count: 1 }]);
    expect(faults.faults).toEqual([]);
  });

  test("that fails is tried again after a pause, and in the end has failed", async () => {
    const clock = new ManualClock(NOON);
    const attempts: number[] = [];
    const worker = await node({
      clock,
      handlers: [
        handler(async (_payload, { attempt }) => {
          attempts.push(attempt);
          throw new Error(`broke the ${attempt}. time`);
        }),
      ],
    });
    const { id } = await worker.enqueue({ kind: "a", maxAttempts: 3 });
    for (let run = 1; run <= 2; run++) {
      await until(async () => (await readJob(db, id))?.error === `Error: broke the ${run}. time`);
      const waits = await readJob(db, id);
      expect(waits?.state).toBe("waiting");
      expect(waits?.runAt).toBeGreaterThan(clock.now());
      clock.advance(HOUR);
      worker.notify();
    }
    await until(async () => (await state(id)) === "failed");
    expect(attempts).toEqual([1, 2, 3]);
    expect(faults.faults).toHaveLength(3);
  });

  test("that is due later is run then, without being told", async () => {
    const ran = new Gate();
    const worker = await node({ handlers: [handler(async () => ran.open())] });
    await worker.enqueue({ kind: "a", runAt: Date.now() + 30 });
    await ran.passed;
  });

  test("of a kind with room for two: two run at a time, and the third when one ends", async () => {
    const gates = [new Gate(), new Gate(), new Gate()];
    const begun: unknown[] = [];
    const worker = await node({
      handlers: [
        handler(async (payload) => {
          begun.push(payload);
          await gates[Number(payload)]?.passed;
        }, 2),
      ],
    });
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      ids.push((await worker.enqueue({ kind: "a", payload: i, runAt: Date.now() - 10 + i })).id);
    }
    await until(async () => begun.length === 2);
    expect(await state(ids[2] ?? "")).toBe("waiting");
    gates[1]?.open();
    await until(async () => begun.length === 3);
    expect(begun).toEqual([0, 1, 2]);
    for (const gate of gates) gate.open();
    for (const id of ids) await until(async () => (await state(id)) === "done");
  });
});

describe("cancelling", () => {
  test("a running job tells it at once on its own node", async () => {
    const begun = new Gate();
    const worker = await node({
      handlers: [
        handler(async (_payload, { signal }) => {
          begun.open();
          await aborted(signal);
        }),
      ],
    });
    const { id } = await worker.enqueue({ kind: "a" });
    await begun.passed;
    expect(await worker.cancel(id)).toBe("asked");
    await until(async () => (await state(id)) === "cancelled");
    expect(faults.faults).toEqual([]);
  });

  test("a job of another node reaches it with a heartbeat", async () => {
    const told = new Gate<unknown>();
    const begun = new Gate();
    const worker = await node({
      timing: { leaseMs: MINUTE, heartbeatMs: 10, newsMs: 1 },
      handlers: [
        handler(async (_payload, { signal }) => {
          begun.open();
          await aborted(signal).catch((reason) => told.open(reason));
          throw signal.reason;
        }),
      ],
    });
    const other = await node({});
    const { id } = await worker.enqueue({ kind: "a" });
    await begun.passed;
    expect(await other.cancel(id)).toBe("asked");
    expect(await told.passed).toMatchObject({ why: "cancelled" });
    await until(async () => (await state(id)) === "cancelled");
  });
});

describe("leases", () => {
  test("a job longer than its lease keeps it by heartbeats", async () => {
    const clock = new ManualClock(NOON);
    const begun = new Gate();
    const end = new Gate();
    const worker = await node({
      clock,
      timing: { leaseMs: MINUTE, heartbeatMs: 5, newsMs: 1 },
      handlers: [
        handler(async () => {
          begun.open();
          await end.passed;
        }),
      ],
    });
    const { id } = await worker.enqueue({ kind: "a" });
    await begun.passed;
    for (let i = 0; i < 12; i++) {
      // Small steps: the row is seen here before the worker hears that it was written.
      clock.advance(MINUTE / 6);
      const renewed = clock.now() + MINUTE;
      await until(async () => (await allJobs(db)).some((job) => job.lease_until === renewed));
    }
    end.open();
    await until(async () => (await state(id)) === "done");
    expect(await readJob(db, id)).toMatchObject({ attempts: 1 });
  });

  test("a worker whose lease another took is told to end and changes nothing", async () => {
    const clock = new ManualClock(NOON);
    const begun = new Gate();
    const told = new Gate<unknown>();
    const worker = await node({
      clock,
      timing: { leaseMs: MINUTE, heartbeatMs: DAY, newsMs: 1 },
      handlers: [
        handler(async (_payload, { signal, log }) => {
          begun.open();
          await aborted(signal).catch((reason) => told.open(reason));
          log("info", "too late");
        }),
      ],
    });
    const { id } = await worker.enqueue({ kind: "a" });
    await begun.passed;
    // Another node finds the lease expired; its own first run is slow.
    clock.advance(2 * MINUTE);
    const second = new Gate<JobContext>();
    const other = await node({
      clock,
      timing: { leaseMs: MINUTE, heartbeatMs: 5, newsMs: 1 },
      handlers: [
        handler(async (_payload, context) => {
          second.open(context);
          await aborted(context.signal);
        }),
      ],
    });
    expect((await second.passed).attempt).toBe(2);
    // The first one speaks, and learns of it.
    await worker.stop(5_000);
    expect(await told.passed).toBeInstanceOf(JobAborted);
    expect(await readJob(db, id)).toMatchObject({ state: "running", attempts: 2 });
    expect((await readJobLogs(db, id)).map((line) => line.message)).not.toContain("too late");
    await other.stop(5_000);
    // Given back, not counted.
    expect(await readJob(db, id)).toMatchObject({ state: "waiting", attempts: 1 });
  });

  test("a worker that could not renew in time takes its lease for lost", async () => {
    const clock = new ManualClock(NOON);
    const begun = new Gate();
    const told = new Gate<unknown>();
    const worker = await node({
      clock,
      timing: { leaseMs: MINUTE, heartbeatMs: 20, newsMs: 1 },
      handlers: [
        handler(async (_payload, { signal }) => {
          // Before the first heartbeat: as if the process had been asleep.
          clock.advance(2 * MINUTE);
          begun.open();
          await aborted(signal).catch((reason) => told.open(reason));
        }),
      ],
    });
    await worker.enqueue({ kind: "a" });
    await begun.passed;
    expect(await told.passed).toMatchObject({ why: "lease lost" });
  });
});

describe("stopping", () => {
  test("waits for jobs that end when told, and gives them back uncounted", async () => {
    const begun = new Gate();
    const worker = await node({
      handlers: [
        handler(async (_payload, { signal }) => {
          begun.open();
          await aborted(signal);
        }),
      ],
    });
    const { id } = await worker.enqueue({ kind: "a" });
    await begun.passed;
    await worker.stop(10_000);
    expect(await readJob(db, id)).toMatchObject({ state: "waiting", attempts: 0 });
    expect(faults.faults).toEqual([]);
  });

  test("lets a job finish that finishes", async () => {
    const begun = new Gate();
    const worker = await node({
      handlers: [
        handler(async (_payload, { signal }) => {
          begun.open();
          await aborted(signal).catch(() => {});
        }),
      ],
    });
    const { id } = await worker.enqueue({ kind: "a" });
    await begun.passed;
    await worker.stop(10_000);
    expect(await state(id)).toBe("done");
  });

  test("at its deadline releases a job that does not listen; what it does then counts for nothing", async () => {
    const begun = new Gate();
    const end = new Gate();
    const ended = new Gate();
    const worker = await node({
      handlers: [
        handler(async () => {
          begun.open();
          await end.passed;
          ended.open();
        }),
      ],
    });
    const { id } = await worker.enqueue({ kind: "a" });
    await begun.passed;
    await worker.stop(1);
    expect(await readJob(db, id)).toMatchObject({ state: "waiting", attempts: 0 });
    end.open();
    await ended.passed;
    await db.write(settleJob, {
      id,
      owner: "somebody",
      outcome: { as: "done" },
      now: NOON,
      progress: null,
      logs: [],
    });
    expect(await state(id)).toBe("waiting");
  });

  test("takes no more jobs", async () => {
    const worker = await node({
      handlers: [handler(() => Promise.reject(new Error("not to be run")))],
    });
    await worker.stop(1_000);
    const { id } = await worker.enqueue({ kind: "a" });
    expect(await readJob(db, id)).toMatchObject({ state: "waiting", attempts: 0 });
  });
});

describe("events", () => {
  const at = Date.now();
  const payload = { project: "team", projectId: "p1", principal: "admin", at };
  const change = (name: string) =>
    db.write(changeWithEvent, { kind: "project.created", payload, now: at, name, refuse: false });

  test("reach each listener after the commit, again if it fails", async () => {
    const clock = new ManualClock(at);
    const seen: AnyEvent[] = [];
    const heard = new Gate<string>();
    const worker = await node({
      clock,
      listeners: [
        {
          name: "forgetful",
          kinds: ["project.created", "tag.moved"],
          async handle(event) {
            seen.push(event);
            if (seen.length === 1) throw new Error("busy");
          },
        },
        {
          name: "steady",
          kinds: ["project.created"],
          concurrency: 2,
          async handle(event) {
            heard.open(event.id);
          },
        },
      ],
    });
    const id = await change("one");
    worker.notify();
    expect(await heard.passed).toBe(id);
    await until(async () =>
      (await allJobs(db)).some((job) => job.kind === "event:forgetful" && job.error !== null),
    );
    clock.advance(MINUTE);
    worker.notify();
    await until(async () => (await allJobs(db)).every((job) => job.state === "done"));
    const event: AnyEvent = { id, kind: "project.created", payload };
    expect(seen).toEqual([event, event]);
  });

  test("are found by polling when nobody tells", async () => {
    const heard = new Gate();
    await node({
      pollMs: 10,
      listeners: [{ name: "steady", kinds: ["project.created"], handle: async () => heard.open() }],
    });
    await change("one");
    await heard.passed;
  });
});

describe("schedules", () => {
  test("are ticked by several nodes once, and the old jobs are purged by one of their own", async () => {
    const clock = new ManualClock(NOON);
    let runs = 0;
    const schedules = [{ name: "daily", kind: "a", cron: "0 3 * * *", timeZone: "UTC" }];
    const handlers = [handler(async () => void runs++)];
    const nodes = [
      await node({ clock, handlers, schedules }),
      await node({ clock, handlers, schedules }),
    ];
    const ticked = async () => {
      for (const each of nodes) each.notify();
      const jobs = await allJobs(db);
      return jobs.length > 0 && jobs.every((job) => job.state === "done");
    };
    clock.advance(16 * HOUR);
    await until(async () => (await ticked()) && runs === 1);
    // Eight days later the first run is older than ended jobs are kept.
    clock.advance(8 * DAY);
    await until(async () => (await ticked()) && runs === 2);
    await until(async () => (await allJobs(db)).every((job) => job.created_at > NOON + DAY));
  });

  test("that are none stop the start", async () => {
    const schedules = [{ name: "bad", kind: "a", cron: "often", timeZone: "UTC" }];
    await expect(node({ schedules })).rejects.toThrow(RangeError);
    const twice = [handler(async () => {}), handler(async () => {})];
    await expect(node({ handlers: twice })).rejects.toThrow("two job handlers");
  });
});

test("a database that fails for a while is outlived", async () => {
  const ran = new Gate();
  let broken = true;
  const flaky: Database = {
    ...db,
    write: (procedure, args) =>
      broken && procedure.name === claimJobs.name
        ? Promise.reject(new Error("away"))
        : db.write(procedure, args),
  };
  const worker = await node({ db: flaky, pollMs: 5, handlers: [handler(async () => ran.open())] });
  await worker.enqueue({ kind: "a" });
  await until(async () => faults.faults.includes("jobs: Error: away"));
  broken = false;
  await ran.passed;
});
