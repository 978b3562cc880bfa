import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { DAY, HOUR, ManualClock, MINUTE } from "../../../kernel/clock.ts";
import type { AnyEvent } from "../../../kernel/events.ts";
import type { Database } from "../../database/port.ts";
import { readJob, readJobLogs } from "../history/store.ts";
import { NotAgain } from "../port.ts";
import { claimJobs } from "../queue/store.ts";
import { allJobs, Gate, NOON, until } from "../suite.ts";
import { changeWithEvent } from "../suite-procedures.ts";
import { aborted, handler, Nodes } from "./suite-nodes.ts";

let nodes: Nodes;
let db: Database;

beforeEach(async () => {
  nodes = await Nodes.open();
  db = nodes.db;
});

afterEach(() => nodes.close());

describe("a job", () => {
  test("is run with its payload as soon as it is added, and keeps what it told", async () => {
    const seen = new Gate<unknown>();
    const worker = await nodes.start({
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
    await until(async () => (await nodes.state(id)) === "done");
    expect(await readJob(db, id)).toMatchObject({ progress: { done: 3, total: 3 }, attempts: 1 });
    const lines = await readJobLogs(db, id);
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "info one",
      "warn two",
    ]);
    expect(await worker.stats()).toEqual([{ kind: "a", state: "done", count: 1 }]);
    expect(nodes.faults).toEqual([]);
  });

  test("that fails is tried again after a pause, and in the end has failed", async () => {
    const clock = new ManualClock(NOON);
    const attempts: number[] = [];
    const worker = await nodes.start({
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
    await until(async () => (await nodes.state(id)) === "failed");
    expect(attempts).toEqual([1, 2, 3]);
    expect(nodes.faults).toHaveLength(3);
  });

  test("that would fail again is not tried again", async () => {
    const worker = await nodes.start({
      handlers: [
        handler(async () => {
          throw new NotAgain(new Error("as broken as before"));
        }),
      ],
    });
    const { id } = await worker.enqueue({ kind: "a", maxAttempts: 3 });
    await until(async () => (await nodes.state(id)) === "failed");
    expect(await readJob(db, id)).toMatchObject({
      attempts: 1,
      error: "Error: as broken as before",
    });
    expect(nodes.faults.map(String)).toEqual([expect.stringContaining("as broken as before")]);
  });

  test("that is due later is run then, without being told", async () => {
    const ran = new Gate();
    const worker = await nodes.start({ handlers: [handler(async () => ran.open())] });
    await worker.enqueue({ kind: "a", runAt: Date.now() + 30 });
    await ran.passed;
  });

  test("of a kind with room for two: two run at a time, and the third when one ends", async () => {
    const gates = [new Gate(), new Gate(), new Gate()];
    const begun: unknown[] = [];
    const other = new Gate();
    const worker = await nodes.start({
      handlers: [
        handler(async (payload) => {
          begun.push(payload);
          await gates[Number(payload)]?.passed;
        }, 2),
        { kind: "other", run: async () => other.open() },
      ],
    });
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      ids.push((await worker.enqueue({ kind: "a", payload: i, runAt: Date.now() - 10 + i })).id);
    }
    await until(async () => begun.length >= 2);
    // A round that found this one has looked at the third as well.
    await worker.enqueue({ kind: "other" });
    await other.passed;
    expect(begun).toEqual([0, 1]);
    expect(await nodes.state(ids[2] ?? "")).toBe("waiting");
    gates[1]?.open();
    await until(async () => begun.length === 3);
    for (const gate of gates) gate.open();
    for (const id of ids) await until(async () => (await nodes.state(id)) === "done");
  });
});

describe("cancelling", () => {
  test("a running job tells it at once on its own node", async () => {
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
    expect(await worker.cancel(id)).toBe("asked");
    await until(async () => (await nodes.state(id)) === "cancelled");
    expect(nodes.faults).toEqual([]);
  });

  test("a job of another node reaches it with a heartbeat", async () => {
    const told = new Gate<unknown>();
    const begun = new Gate();
    const worker = await nodes.start({
      timing: { leaseMs: MINUTE, heartbeatMs: 10, newsMs: 1 },
      handlers: [
        handler(async (_payload, { signal }) => {
          begun.open();
          await aborted(signal).catch((reason) => told.open(reason));
          throw signal.reason;
        }),
      ],
    });
    const other = await nodes.start({});
    const { id } = await worker.enqueue({ kind: "a" });
    await begun.passed;
    expect(await other.cancel(id)).toBe("asked");
    expect(await told.passed).toMatchObject({ why: "cancelled" });
    await until(async () => (await nodes.state(id)) === "cancelled");
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
    const worker = await nodes.start({
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
    await nodes.start({
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
    const pair = [
      await nodes.start({ clock, handlers, schedules }),
      await nodes.start({ clock, handlers, schedules }),
    ];
    const ticked = async () => {
      for (const each of pair) each.notify();
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
    await expect(nodes.start({ schedules })).rejects.toThrow(RangeError);
    const twice = [handler(async () => {}), handler(async () => {})];
    await expect(nodes.start({ handlers: twice })).rejects.toThrow("two job handlers");
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
  const worker = await nodes.start({
    db: flaky,
    pollMs: 5,
    handlers: [handler(async () => ran.open())],
  });
  await worker.enqueue({ kind: "a" });
  await until(async () => nodes.faults.includes("jobs: Error: away"));
  broken = false;
  await ran.passed;
});
