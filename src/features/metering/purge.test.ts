import { afterEach, beforeEach, expect, test } from "bun:test";
import { insertRows } from "../../../tests/support/rows.ts";
import { DAY, ManualClock } from "../../kernel/clock.ts";
import type { JobContext } from "../../platform/jobs/port.ts";
import { purgeUsageJob } from "./job.ts";
import { everything, gatherer, NOON, openWorld, push, use, type World } from "./suite.ts";

const NAMES = Array.from({ length: 450 }, (_, index) => `team/r${index}`);

let world: World;
let clock: ManualClock;

beforeEach(async () => {
  world = await openWorld(Object.fromEntries(NAMES.map((name) => [name, name.slice(5)])));
  clock = new ManualClock(NOON);
});

afterEach(() => world.close());

function context(): JobContext {
  const { signal } = new AbortController();
  const nothing = { jobId: "j", attempt: 1, signal, log: () => {}, progress: () => {} };
  return { ...nothing, now: () => clock.now() };
}

test("days and hours go once they are too old, and sums of a repository stay", async () => {
  const { gatherer: one } = gatherer(world.db, clock);
  for (let day = 0; day < 3; day++) {
    for (const name of NAMES) one.count(push(name, 1, `p${day}`));
    clock.advance(DAY);
  }
  await one.close();
  // Midnight of the second day is the border: what began before it goes.
  clock.advance(7 * DAY);
  await purgeUsageJob(world.db, 9 * DAY).run(null, context());
  const { hours, days, people, ever } = await everything(world.db);
  expect(new Set(people.map((row) => row.principal_id))).toEqual(new Set(["p2"]));
  expect([days.length, people.length, hours.length]).toEqual([450, 450, 2]);
  expect([ever.length, ever[0]?.pushes]).toEqual([450, 3]);
});

test("the last use of a manifest or tag goes with it", async () => {
  const { gatherer: one } = gatherer(world.db, clock);
  for (const name of NAMES) one.count(use(name));
  await one.close();
  const at = { repository_id: "r7", pushed_at: NOON, pushed_by: "ada", payload: new Uint8Array() };
  const more = { size: 0, media_type: "m", artifact_type: null, subject: null, annotations: null };
  const gone = { deleted_at: null, deleted_by: null, reclaim_after: null };
  const manifest = { ...at, ...more, ...gone, digest: "d1" };
  await world.db.write(insertRows, { table: "manifests", rows: [manifest] });
  const moved = { repository_id: "r8", manifest: "d9", updated_at: NOON, updated_by: "ada" };
  await world.db.write(insertRows, { table: "tags", rows: [{ ...moved, name: "v1" }] });
  await purgeUsageJob(world.db, 400 * DAY).run(null, context());
  const { manifests, tags, days } = await everything(world.db);
  expect(manifests.map((row) => row.repository_id)).toEqual(["r7"]);
  expect(tags.map((row) => row.repository_id)).toEqual(["r8"]);
  expect(days).toHaveLength(450);
});
