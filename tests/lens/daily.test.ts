import { expect, setDefaultTimeout, test } from "bun:test";
import * as fc from "fast-check";
import { dayOf, measureJob } from "../../src/features/lens/daily/job.ts";
import { dailyFigures } from "../../src/features/lens/daily/overview.ts";
import { DAY } from "../../src/kernel/clock.ts";
import type { Database } from "../../src/platform/database/port.ts";
import type { JobContext } from "../../src/platform/jobs/port.ts";
import { Ledger } from "./ledger.ts";
import { openWorld, plans, type World } from "./world.ts";

setDefaultTimeout(600_000);

const DISK = { total: 1_000_000_000, free: 400_000_000 };
const KEEP = 40 * DAY;
const leastFree = { bytes: 100_000_000, percent: 1 };

/** The database, which ends a run before one of its writes. */
function ending(db: Database, writes: number, end: () => void): Database {
  let left = writes;
  return new Proxy(db, {
    get(target, name) {
      if (name === "write" && left-- === 0) end();
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

async function measure({ clock }: World, db: Database, abort = new AbortController()) {
  const job = measureJob({ db, keep: KEEP, capacity: async () => DISK });
  const nothing = { jobId: "j", attempt: 1, log: () => {}, progress: () => {} };
  const context: JobContext = { ...nothing, signal: abort.signal, now: () => clock.now() };
  await job.run(null, context);
}

/** What the rows of the last day should say, reckoned by hand. */
async function byHand(db: Database) {
  const ledger = await Ledger.read(db);
  const repositories = [...ledger.projects].map(([id, project]) => {
    const own = new Set([id]);
    const { shared: within } = ledger.place(own, (other) => ledger.projects.get(other) === project);
    return { id, ...ledger.place(own, () => true), within };
  });
  const projects = [...new Set(ledger.projects.values())].map((id) => {
    const own = [...ledger.projects].filter(([, project]) => project === id);
    return { id, ...ledger.place(new Set(own.map(([each]) => each)), () => true) };
  });
  return { repositories, projects, stored: ledger.stored() };
}

const largest = (a: { unique: number; id: string }, b: { unique: number; id: string }) =>
  b.unique - a.unique || (a.id < b.id ? 1 : -1);

async function expectRight(world: World): Promise<void> {
  const { db, clock } = world;
  const daily = dailyFigures({ db, clock, leastFree });
  const hand = await byHand(db);
  const seen = { projectId: undefined, after: undefined, limit: 200 };
  const all = await daily.repositories({ ...seen, isWithin: false });
  const own = await daily.repositories({ ...seen, isWithin: true });
  const projects = await daily.projects(seen);
  expect(all.rows.map(({ id }) => id)).toEqual(
    hand.repositories.toSorted(largest).map(({ id }) => id),
  );
  expect(projects.rows.map(({ id }) => id)).toEqual(
    hand.projects.toSorted(largest).map(({ id }) => id),
  );
  for (const { within, id, ...figures } of hand.repositories) {
    expect(all.rows.find((row) => row.id === id)).toMatchObject(figures);
    const { shared: _, ...same } = figures;
    expect(own.rows.find((row) => row.id === id)).toMatchObject({ ...same, shared: within });
  }
  for (const { id, ...figures } of hand.projects) {
    expect(projects.rows.find((row) => row.id === id)).toMatchObject(figures);
  }
  const { points } = await daily.growth(undefined);
  const logical = hand.projects.reduce((sum, each) => sum + each.logical, 0);
  expect(points.at(-1)).toEqual({ at: dayOf(clock.now()), unique: hand.stored, logical, ...DISK });
}

test("what a night measures is what reckoning by hand says; also when a run was ended and another goes on", async () => {
  const property = fc.asyncProperty(plans, fc.nat({ max: 3 }), async (plan, writes) => {
    const world = await openWorld(plan);
    try {
      const abort = new AbortController();
      const db = ending(world.db, writes, () => abort.abort());
      await measure(world, db, abort).catch((error: unknown) => {
        if (!abort.signal.aborted) throw error;
      });
      await measure(world, world.db);
      await expectRight(world);
      // Some of it goes to the trash, some comes back to nobody: the day is measured anew.
      const [first, second] = world.stored;
      for (const each of [first, second]) if (each !== undefined) await world.remove(each);
      world.clock.advance(1);
      await measure(world, world.db);
      await expectRight(world);
      await world.settle();
      await measure(world, world.db);
      await expectRight(world);
    } finally {
      await world.close();
    }
  });
  await fc.assert(property, { numRuns: 12 });
});

test("growth is counted from the first day of thirty, and days go when they are too old", async () => {
  const plan = { blobs: [], images: [], indexes: [], referrers: [], loose: [] };
  const world = await openWorld({ ...plan, blobs: Array.from({ length: 8 }, () => 100) });
  const { db, clock } = world;
  try {
    const daily = dailyFigures({ db, clock, leastFree });
    const asked = { after: undefined, limit: 10 };
    expect(await daily.projects(asked)).toEqual({ measuredAt: null, since: null, rows: [] });
    expect(await daily.growth(undefined)).toMatchObject({ points: [], outlook: "too_few_days" });
    expect(await daily.figures()).toBeUndefined();
    await measure(world, db);
    const began = dayOf(clock.now());
    expect(await daily.projects(asked)).toMatchObject({ measuredAt: clock.now(), since: null });
    clock.advance(20 * DAY);
    await measure(world, db);
    expect(await daily.projects(asked)).toMatchObject({ since: began });
    clock.advance(KEEP - 15 * DAY);
    await measure(world, db);
    const { points } = await daily.growth(0);
    expect(points.map(({ at }) => at)).toEqual([began + 20 * DAY, dayOf(clock.now())]);
    for (const table of ["lens_days", "lens_projects", "lens_repositories"] as const) {
      const rows = await db.read.selectFrom(table).select("day").distinct().execute();
      expect(rows).toHaveLength(2);
    }
    expect(await daily.figures()).toMatchObject({ measuredAt: clock.now(), perDay: null });
  } finally {
    await world.close();
  }
});
