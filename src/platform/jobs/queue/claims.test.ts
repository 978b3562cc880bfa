import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { type FreshDatabase, freshDatabase } from "../../../../tests/support/database.ts";
import type { Database } from "../../database/port.ts";
import { allJobs, NOON, openJobs } from "../suite.ts";
import { clearJobs } from "../suite-procedures.ts";
import { claimJobs, enqueueJob, prepareOutlook } from "./store.ts";

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

function claim(owner: string, free: number, now = NOON) {
  const wanted = [{ kind: "a", free }];
  return db.write(claimJobs, { owner, wanted, room: free, now, leaseUntil: now + 1 });
}

describe("claiming", () => {
  test("by eight workers at once gives every job to exactly one of them", async () => {
    for (let i = 0; i < 60; i++) {
      await db.write(enqueueJob, { job: { kind: "a", payload: i }, now: NOON });
    }
    const given: string[] = [];
    const worker = async (name: string) => {
      for (let turn = 0; ; turn++) {
        const jobs = await claim(`${name}/${turn}`, 3);
        // A row that another worker was just locking is passed over: ask until all are given.
        if (jobs.length === 0 && given.length >= 60) return;
        given.push(...jobs.map((job) => job.id));
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, i) => worker(`w${i}`)));
    expect(given).toHaveLength(60);
    expect(new Set(given).size).toBe(60);
    const jobs = await allJobs(db);
    expect(jobs.every((job) => job.state === "running" && job.attempts === 1)).toBe(true);
  });

  test("goes by priority, then by time, and leaves alone what is not due", async () => {
    const add = (payload: string, priority: "high" | "normal" | "low", delay: number) =>
      db.write(enqueueJob, {
        job: { kind: "a", payload, priority, runAt: NOON + delay },
        now: NOON,
      });
    await add("low", "low", -9_000);
    await add("later", "normal", -1_000);
    await add("sooner", "normal", -2_000);
    await add("not yet", "high", 1);
    await add("high", "high", 0);
    const jobs = await claim("w", 10);
    expect(jobs.map((job) => JSON.parse(job.payload))).toEqual(["high", "sooner", "later", "low"]);
    expect(await claim("w", 10)).toEqual([]);
    expect(await claim("w", 10, NOON + 1)).toHaveLength(1);
  });
});

describe("a unique key", () => {
  test("lets one of twenty at once in, and gives all the same id", async () => {
    const job = { kind: "a", uniqueKey: "only one" };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => db.write(enqueueJob, { job, now: NOON })),
    );
    expect(answers.filter((answer) => answer.added)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    expect(await allJobs(db)).toHaveLength(1);
  });
});

describe("the look ahead", () => {
  test("names the next time of each kind and the end of the first lease", async () => {
    const outlook = prepareOutlook(db, ["a", "b", "it's quoted"]);
    expect(await outlook()).toEqual({ waiting: new Map(), leaseEnd: null });
    const add = (kind: string, runAt: number, priority: "low" | "high") =>
      db.write(enqueueJob, { job: { kind, runAt, priority }, now: NOON });
    await add("a", NOON, "high");
    await claim("w", 1);
    await add("a", NOON + 7_000, "high");
    await add("a", NOON + 5_000, "low");
    await add("it's quoted", NOON + 9, "low");
    await add("somebody else's", NOON, "low");
    expect(await outlook()).toEqual({
      waiting: new Map([
        ["a", NOON + 5_000],
        ["it's quoted", NOON + 9],
      ]),
      leaseEnd: NOON + 1,
    });
  });

  test("and the claim are seeks in the partial indexes, not scans", async () => {
    if (db.engine !== "sqlite") return;
    const plan = async (query: string) => {
      const { rows } = await sql
        .raw<{ detail: string }>(`explain query plan ${query}`)
        .execute(db.read);
      return rows.map((row) => row.detail).join("; ");
    };
    expect(
      await plan(
        "select id, kind, run_at from jobs where state = 'waiting' and kind = 'a' and priority = 1 and run_at <= 5 order by run_at, id limit 3",
      ),
    ).toContain("COVERING INDEX jobs_waiting (kind=? AND priority=? AND run_at<?)");
    expect(await plan("select min(lease_until) from jobs where state = 'running'")).toContain(
      "COVERING INDEX jobs_leases",
    );
  });
});
