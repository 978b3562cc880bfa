import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { DAY, ManualClock, MINUTE } from "../../../kernel/clock.ts";
import type { Database } from "../../database/port.ts";
import { readJob, readJobLogs } from "../history/store.ts";
import { settleJob } from "../leases/store.ts";
import type { JobContext } from "../port.ts";
import { allJobs, Gate, NOON, until } from "../suite.ts";
import { JobAborted } from "./abort.ts";
import { aborted, handler, Nodes } from "./suite-nodes.ts";

let nodes: Nodes;
let db: Database;

beforeEach(async () => {
  nodes = await Nodes.open();
  db = nodes.db;
});

afterEach(() => nodes.close());

describe("leases", () => {
  test("a job longer than its lease keeps it by heartbeats", async () => {
    const clock = new ManualClock(NOON);
    const begun = new Gate();
    const end = new Gate();
    const worker = await nodes.start({
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
    await until(async () => (await nodes.state(id)) === "done");
    expect(await readJob(db, id)).toMatchObject({ attempts: 1 });
  });

  test("a worker whose lease another took is told to end and changes nothing", async () => {
    const clock = new ManualClock(NOON);
    const begun = new Gate();
    const told = new Gate<unknown>();
    const worker = await nodes.start({
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
    const other = await nodes.start({
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
    const worker = await nodes.start({
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
    const worker = await nodes.start({
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
    expect(nodes.faults).toEqual([]);
  });

  test("lets a job finish that finishes", async () => {
    const begun = new Gate();
    const worker = await nodes.start({
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
    expect(await nodes.state(id)).toBe("done");
  });

  test("at its deadline releases a job that does not listen; what it does then counts for nothing", async () => {
    const begun = new Gate();
    const end = new Gate();
    const ended = new Gate();
    const worker = await nodes.start({
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
    // Any write of the run itself would have been made before this one is answered.
    await db.write(settleJob, {
      id,
      owner: "somebody",
      outcome: { as: "done" },
      now: NOON,
      progress: null,
      logs: [],
    });
    expect(await nodes.state(id)).toBe("waiting");
  });

  test("takes no more jobs", async () => {
    const worker = await nodes.start({
      handlers: [handler(() => Promise.reject(new Error("not to be run")))],
    });
    await worker.stop(1_000);
    const { id } = await worker.enqueue({ kind: "a" });
    expect(await readJob(db, id)).toMatchObject({ state: "waiting", attempts: 0 });
  });
});
