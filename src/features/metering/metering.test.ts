import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { insertRows } from "../../../tests/support/rows.ts";
import { DAY, HOUR, ManualClock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { type Batch, UsageGatherer } from "./gatherer.ts";
import { startOf } from "./rules.ts";
import { type Metering, openMetering } from "./service.ts";
import { addUsage } from "./store/add.ts";
import { NOON, openWorld, push, use, type World } from "./suite.ts";
import type { Use } from "./usage.ts";

const RUNS = Number(process.env.ENTREPOT_TEST_RUNS ?? 20);
const REPOSITORIES = { "team/a": "r1", "team/b": "r2", "other/c": "r3" };
const NAMES = Object.keys(REPOSITORIES);

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
    keep: 400 * DAY,
    onFault: (error) => faults.push(error),
  });
  opened.push(metering);
  return metering;
}

/** A gatherer whose writes can be made to fail, before or after they were done. */
function gatherer(options: { most?: number } = {}) {
  const state = { fails: "never" as "never" | "before" | "after" };
  const told: unknown[] = [];
  const made = new UsageGatherer({
    clock,
    logins: () => logins,
    onFault: (error) => told.push(error),
    async add(batch: Batch) {
      if (state.fails === "before") throw failure("service.database_unavailable");
      await world.db.write(addUsage, batch);
      if (state.fails === "after") throw failure("service.database_unavailable");
    },
    ...options,
  });
  return { gatherer: made, state, told };
}

async function everything() {
  const { read } = world.db;
  const hours = await read.selectFrom("usage_hours").selectAll().orderBy("hour").execute();
  const days = await read
    .selectFrom("usage_days")
    .selectAll()
    .orderBy("day")
    .orderBy("repository_id")
    .execute();
  const people = await read
    .selectFrom("usage_principals")
    .selectAll()
    .orderBy("day")
    .orderBy("repository_id")
    .orderBy("principal_id")
    .execute();
  const ever = await read
    .selectFrom("usage_repositories")
    .selectAll()
    .orderBy("repository_id")
    .execute();
  const manifests = await read
    .selectFrom("usage_manifests")
    .selectAll()
    .orderBy("repository_id")
    .orderBy("digest")
    .execute();
  const tags = await read
    .selectFrom("usage_tags")
    .selectAll()
    .orderBy("repository_id")
    .orderBy("tag")
    .execute();
  return { hours, days, people, ever, manifests, tags };
}

async function clear(): Promise<void> {
  await world.close();
  world = await openWorld(REPOSITORIES);
}

describe("random histories", () => {
  type Step =
    | { readonly do: "use"; readonly node: number; readonly use: Use }
    | { readonly do: "wait"; readonly ms: number }
    | { readonly do: "flush"; readonly node: number }
    | { readonly do: "fail"; readonly node: number; readonly how: "before" | "after" };

  const uses = fc
    .record({
      repository: fc.constantFrom(...NAMES, "team/gone"),
      principalId: fc.constantFrom("ada", "bob", "anonymous"),
      isPull: fc.boolean(),
      bytes: fc.nat(1_000_000),
      digest: fc.constantFrom("d1", "d2"),
      tag: fc.constantFrom("v1", "v2", undefined),
    })
    .map(({ repository, isPull, bytes, principalId, digest, tag }) =>
      isPull
        ? use(repository, { principalId, bytesOut: bytes, digest, tag })
        : push(repository, bytes, principalId),
    );
  const nodes = fc.constantFrom(0, 1);
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant("use" as const), node: nodes, use: uses }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("wait" as const),
        ms: fc.oneof(fc.nat(60_000), fc.nat(30 * HOUR)),
      }),
    },
    fc.record({ do: fc.constant("flush" as const), node: nodes }),
    fc.record({
      do: fc.constant("fail" as const),
      node: nodes,
      how: fc.constantFrom("before" as const, "after" as const),
    }),
  );

  /** What must be stored of uses, written down the plain way. */
  function model(done: readonly { readonly use: Use; readonly at: number }[]) {
    const hours = new Map<number, number[]>();
    const people = new Map<string, (number | null)[]>();
    const pulls = new Map<string, number[]>();
    for (const { use: each, at } of done) {
      const figures = [Number(each.isPull), Number(each.isPush), each.bytesIn, each.bytesOut];
      const hour = startOf("hour", at);
      hours.set(hour, plus(hours.get(hour), figures));
      const id = (REPOSITORIES as Record<string, string>)[each.repository];
      if (id === undefined) continue;
      const key = [startOf("day", at), id, each.principalId].join(" ");
      const [, , , , pulledAt = null, pushedAt = null] = people.get(key) ?? [];
      people.set(key, [
        ...plus(people.get(key) as number[] | undefined, figures),
        each.isPull ? at : pulledAt,
        each.isPush ? at : pushedAt,
      ]);
      if (!each.isPull) continue;
      for (const part of [each.digest, each.tag]) {
        if (part === undefined) continue;
        pulls.set(`${id} ${part}`, [(pulls.get(`${id} ${part}`)?.[0] ?? 0) + 1, at]);
      }
    }
    return { hours, people, pulls };
  }

  function plus(a: readonly number[] | undefined, b: readonly number[]): number[] {
    return b.map((each, index) => each + (a?.[index] ?? 0));
  }

  test("are stored exactly, on two nodes, through failing writes and hour and day borders", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
        await clear();
        clock = new ManualClock(NOON);
        const both = [gatherer(), gatherer()] as const;
        const done: { use: Use; at: number }[] = [];
        for (const each of steps) {
          if (each.do === "wait") {
            clock.advance(each.ms);
            continue;
          }
          const { gatherer: one, state } = both[each.node === 0 ? 0 : 1];
          if (each.do === "use") {
            one.count(each.use);
            done.push({ use: each.use, at: clock.now() });
          } else {
            state.fails = each.do === "fail" ? each.how : "never";
            await one.flush();
          }
        }
        for (const { gatherer: one, state } of both) {
          state.fails = "never";
          await one.close();
        }
        const expected = model(done);
        const stored = await everything();
        expect(
          new Map(
            stored.hours.map((row) => [
              row.hour,
              [row.pulls, row.pushes, row.bytes_in, row.bytes_out],
            ]),
          ),
        ).toEqual(expected.hours);
        const people = stored.people.map((row) => [
          [row.day, row.repository_id, row.principal_id].join(" "),
          [row.pulls, row.pushes, row.bytes_in, row.bytes_out].concat(
            row.last_pulled_at ?? -1,
            row.last_pushed_at ?? -1,
          ),
        ]);
        expect(Object.fromEntries(people)).toEqual(
          Object.fromEntries(
            [...expected.people].map(([key, all]) => [key, all.map((each) => each ?? -1)]),
          ),
        );
        const parts = [
          ...stored.manifests.map((row) => [row, row.digest] as const),
          ...stored.tags.map((row) => [row, row.tag] as const),
        ].map(([row, part]) => [`${row.repository_id} ${part}`, [row.pulls, row.last_pulled_at]]);
        expect(Object.fromEntries(parts)).toEqual(Object.fromEntries(expected.pulls));
        // The sums of the sums.
        for (const { repository_id, pulls, bytes_in } of stored.ever) {
          const days = stored.days.filter((row) => row.repository_id === repository_id);
          const sum = (of: (row: (typeof days)[number]) => number) =>
            days.reduce((all, row) => all + of(row), 0);
          expect([pulls, bytes_in]).toEqual([sum((row) => row.pulls), sum((row) => row.bytes_in)]);
        }
      }),
      { numRuns: RUNS },
    );
  }, 120_000);
});

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
    const { gatherer: one, state, told } = gatherer({ most: 5 });
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
    expect((await everything()).hours).toMatchObject([
      { hour: NOON, pulls: 104, bytes_out: 1_040 },
    ]);
    expect((await everything()).ever).toMatchObject([{ repository_id: "r1", pulls: 4 }]);
  });

  test("what cannot be stored at the end is told of", async () => {
    const { gatherer: one, state, told } = gatherer();
    state.fails = "before";
    one.count(use("team/a"));
    await one.close();
    expect(String(told.at(-1))).toContain("4 figures of use are lost");
  });
});
