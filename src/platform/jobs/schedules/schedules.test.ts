import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type FreshDatabase, freshDatabase } from "../../../../tests/support/database.ts";
import { DAY, HOUR, MINUTE } from "../../../kernel/clock.ts";
import type { Database } from "../../database/port.ts";
import { settleJob } from "../leases/store.ts";
import { claimJobs } from "../queue/store.ts";
import { allJobs, faultList, Gate, NOON, openJobs } from "../suite.ts";
import { clearJobs } from "../suite-procedures.ts";
import type { Schedule } from "./cron.ts";
import { declareSchedules, nextScheduled, tickSchedules, withdrawSchedule } from "./store.ts";

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

const hourly: Schedule = {
  name: "hourly",
  kind: "a",
  payload: { deep: [1] },
  cron: "0 * * * *",
  timeZone: "Europe/Berlin",
};
const { faults, onFault } = faultList();
const tick = (now: number) => tickSchedules(db, ["a"], now, onFault);

let claims = 0;

/** Runs what waits to its end; gives how many jobs that were. */
async function work(now: number): Promise<number> {
  const owner = `w${claims++}`;
  const wanted = [{ kind: "a", free: 10 }];
  const jobs = await db.write(claimJobs, { owner, wanted, room: 10, now, leaseUntil: now + 1 });
  for (const { id } of jobs) {
    const outcome = { as: "done" } as const;
    await db.write(settleJob, { id, owner, outcome, now, progress: null, logs: [] });
  }
  return jobs.length;
}

test("a schedule is due at its time, and then again at the next", async () => {
  await declareSchedules(db, [hourly], NOON);
  expect(await nextScheduled(db, ["a"])).toBe(NOON + HOUR);
  await tick(NOON + HOUR - 1);
  expect(await allJobs(db)).toEqual([]);
  await tick(NOON + HOUR);
  expect(await allJobs(db)).toMatchObject([{ kind: "a", payload: '{"deep":[1]}' }]);
  expect(await nextScheduled(db, ["a"])).toBe(NOON + 2 * HOUR);
});

test("of eight nodes that tick at once exactly one enqueues", async () => {
  await declareSchedules(db, [hourly], NOON);
  for (let hour = 1; hour <= 5; hour++) {
    const now = NOON + hour * HOUR;
    await Promise.all(Array.from({ length: 8 }, () => tick(now)));
    expect(await work(now)).toBe(1);
  }
  expect(await allJobs(db)).toHaveLength(5);
});

test("a node that comes late with what it read does not enqueue again", async () => {
  await declareSchedules(db, [hourly], NOON);
  const now = NOON + HOUR;
  const quickOne = new Gate();
  const slow: Database = {
    ...db,
    write: async (procedure, args) => {
      await quickOne.passed;
      return db.write(procedure, args);
    },
  };
  const late = tickSchedules(slow, ["a"], now, onFault);
  await tick(now);
  expect(await work(now)).toBe(1);
  quickOne.open();
  await late;
  expect(await work(now)).toBe(0);
});

test("ticks missed while all was down are made up for by one run", async () => {
  await declareSchedules(db, [hourly], NOON);
  const later = NOON + 3 * DAY + 20 * MINUTE;
  // A start after the pause declares anew, which must not forget what was missed.
  await declareSchedules(db, [hourly], later);
  await tick(later);
  await tick(later);
  expect(await work(later)).toBe(1);
  expect(await nextScheduled(db, ["a"])).toBe(NOON + 3 * DAY + HOUR);
});

test("a run that takes longer than the pause is not overtaken", async () => {
  await declareSchedules(db, [hourly], NOON);
  await tick(NOON + HOUR);
  await tick(NOON + 2 * HOUR);
  expect(await allJobs(db)).toHaveLength(1);
  await work(NOON + 2 * HOUR);
  await tick(NOON + 3 * HOUR);
  expect(await allJobs(db)).toHaveLength(2);
});

test("a changed time table starts anew, a changed payload does not", async () => {
  await declareSchedules(db, [hourly], NOON);
  await declareSchedules(db, [{ ...hourly, payload: "new" }], NOON + 2 * HOUR);
  expect(await nextScheduled(db, ["a"])).toBe(NOON + HOUR);
  await declareSchedules(db, [{ ...hourly, cron: "30 * * * *" }], NOON + 2 * HOUR);
  expect(await nextScheduled(db, ["a"])).toBe(NOON + 2.5 * HOUR);
  await declareSchedules(
    db,
    [{ ...hourly, cron: "30 0 * * *", timeZone: "Asia/Shanghai" }],
    NOON + 2 * HOUR,
  );
  expect(await nextScheduled(db, ["a"])).toBe(NOON + 4.5 * HOUR);
});

test("a schedule is left to nodes that know its kind, and can be withdrawn", async () => {
  await declareSchedules(db, [{ ...hourly, kind: "unknown here" }], NOON);
  await tick(NOON + HOUR);
  expect(await allJobs(db)).toEqual([]);
  expect(await nextScheduled(db, ["a"])).toBeNull();
  await withdrawSchedule(db, "hourly");
  expect(await nextScheduled(db, ["unknown here"])).toBeNull();
});

test("a wrong schedule is refused before it is written", async () => {
  const wrong = { ...hourly, cron: "61 * * * *" };
  await expect(declareSchedules(db, [hourly, wrong], NOON)).rejects.toThrow(RangeError);
  expect(await nextScheduled(db, ["a"])).toBeNull();
  expect(faults).toEqual([]);
});
