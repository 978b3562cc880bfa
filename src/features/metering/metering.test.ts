import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { insertRows } from "../../../tests/support/rows.ts";
import { DAY, HOUR, ManualClock } from "../../kernel/clock.ts";
import { startOf } from "./rules.ts";
import { type Metering, openMetering } from "./service.ts";
import { everything, gatherer, NOON, openWorld, push, use, type World } from "./suite.ts";

const REPOSITORIES = { "team/a": "r1", "team/b": "r2", "other/c": "r3" };

let world: World;
let clock: ManualClock;
let logins = { done: 0, denied: 0 };
const faults: unknown[] = [];
const opened: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  world = await openWorld(REPOSITORIES);
  clock = new ManualClock(NOON);
  logins = { done: 0, denied: 0 };
});

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  expect(faults.splice(0)).toEqual([]);
  await world.close();
});

function node(): Metering {
  const { db } = world;
  const metering = openMetering({
    db,
    clock,
    logins: () => logins,
    stored: { ofProject: async () => [], ofRepositories: async () => [] },
    keep: 400 * DAY,
    onFault: (error) => faults.push(error),
  });
  opened.push(metering);
  return metering;
}

describe("what is counted", () => {
  test("is not lost at the end, and what two nodes counted is added up", async () => {
    const [one, two] = [node(), node()];
    one.count(use("team/a"));
    two.count(use("team/a", { principalId: "bob", digest: "d2" }));
    two.count(push("team/b", 5));
    clock.advance(1);
    await one.close();
    await two.close();
    const usage = await node().ofRepository("team/a", {});
    expect(usage.ever).toMatchObject({ pulls: 2, pushes: 0, bytesOut: 20, lastPulledAt: NOON });
    expect(usage.days).toHaveLength(30);
    expect(usage.days.at(-1)).toMatchObject({ at: startOf("day", NOON), pulls: 2 });
    expect(await node().recent("ada", 10)).toEqual(
      expect.arrayContaining([
        { repositoryId: "r1", at: NOON, what: "pull" },
        { repositoryId: "r2", at: NOON, what: "push" },
      ]),
    );
    expect(await node().lastPulled("r1", ["d1", "d2", "d3"])).toEqual(
      new Map([
        ["d1", NOON],
        ["d2", NOON],
      ]),
    );
  });

  test("falls into the hour and the day in which it happened", async () => {
    const metering = node();
    clock.advance(12 * HOUR - 1);
    metering.count(use("team/a"));
    clock.advance(1);
    metering.count(use("team/a"));
    metering.count(push("team/a", 7));
    await metering.flush();
    const midnight = NOON + 12 * HOUR;
    const hours = await metering.traffic({ step: "hour", from: midnight - HOUR, to: midnight + 1 });
    expect(hours.map(({ at, pulls, pushes }) => [at, pulls, pushes])).toEqual([
      [midnight - HOUR, 1, 0],
      [midnight, 1, 1],
    ]);
    const days = await metering.ofProject("team", { from: midnight - 1, to: midnight + 1 });
    expect(days.map(({ at, pulls, bytesIn }) => [at, pulls, bytesIn])).toEqual([
      [midnight - DAY, 1, 0],
      [midnight, 1, 7],
    ]);
    expect(await metering.today()).toMatchObject({ at: midnight, pulls: 1, pushes: 1 });
    expect(await metering.ofProject("other", { from: midnight - 1, to: midnight + 1 })).toEqual(
      days.map(({ at }) => ({ at, pulls: 0, pushes: 0, bytesIn: 0, bytesOut: 0 })),
    );
  });

  test("are logins too, of this process since the last time", async () => {
    const metering = node();
    logins = { done: 3, denied: 1 };
    await metering.flush();
    await metering.flush();
    logins = { done: 5, denied: 1 };
    await metering.flush();
    expect(await metering.today()).toMatchObject({ logins: 5, loginsDenied: 1, pulls: 0 });
  });

  test("ranks repositories, page by page, and leaves out what is deleted", async () => {
    const metering = node();
    for (let turn = 0; turn < 3; turn++) metering.count(use("team/b"));
    for (const name of ["team/a", "other/c"]) metering.count(use(name));
    await metering.flush();
    const page = async (after: { figure: number; name: string } | null) =>
      (await metering.ranking({ by: "pulls", after, limit: 1 })).map(
        ({ repository, pulls }) => [repository, pulls] as const,
      );
    expect(await page(null)).toEqual([["team/b", 3]]);
    expect(await page({ figure: 3, name: "team/b" })).toEqual([["other/c", 1]]);
    expect(await page({ figure: 1, name: "other/c" })).toEqual([["team/a", 1]]);
    expect(await page({ figure: 1, name: "team/a" })).toEqual([]);
    const row = { id: "r9", project_id: "team", created_at: 1, deleted_at: 2, name: "team/old" };
    await world.db.write(insertRows, { table: "repositories", rows: [row] });
    const used = { pulls: 99, pushes: 0, bytes_in: 0, bytes_out: 0 };
    const day = { day: startOf("day", NOON), repository_id: "r9", ...used };
    await world.db.write(insertRows, { table: "usage_days", rows: [day] });
    expect(await page(null)).toEqual([["team/b", 3]]);
  });

  test("a time that ends before it begins, or has too many points, is refused", async () => {
    const metering = node();
    for (const asked of [
      { from: NOON, to: NOON - DAY },
      { from: 0, to: NOON },
    ]) {
      await expect(metering.traffic({ step: "hour", ...asked })).rejects.toThrow(
        "request is not what",
      );
    }
    await expect(metering.ofRepository("team/none", {})).rejects.toThrow("no repository team/none");
  });
});

describe("while the database is away", () => {
  test("nothing is refused or lost, memory stays bounded, and it is told of once", async () => {
    const { gatherer: one, state, told } = gatherer(world.db, clock, { most: 5 });
    state.fails = "before";
    for (let turn = 0; turn < 4; turn++) {
      one.count(use("team/a"));
      expect(await one.flush()).toBe(false);
    }
    for (let turn = 0; turn < 100; turn++) one.count(use("team/b", { principalId: `p${turn}` }));
    expect([told.length, one.waiting]).toEqual([1, 5]);
    expect(one.reduced).toBeGreaterThan(90);
    state.fails = "never";
    expect(await one.flush()).toBe(true);
    await one.close();
    expect((await everything(world.db)).hours).toMatchObject([
      { hour: NOON, pulls: 104, bytes_out: 1_040 },
    ]);
    expect((await everything(world.db)).ever).toMatchObject([{ repository_id: "r1", pulls: 4 }]);
  });

  test("what cannot be stored at the end is told of", async () => {
    const { gatherer: one, state, told } = gatherer(world.db, clock);
    state.fails = "before";
    one.count(use("team/a"));
    await one.close();
    expect(String(told.at(-1))).toContain("4 figures of use are lost");
  });
});
