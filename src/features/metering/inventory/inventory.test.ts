import { afterEach, beforeEach, expect, test } from "bun:test";
import { insertRows } from "../../../../tests/support/rows.ts";
import { ManualClock, SECOND } from "../../../kernel/clock.ts";
import { NOON, openWorld, type World } from "../suite.ts";
import { Inventory } from "./inventory.ts";

/** More than are looked at in one go. */
const MANY = 4_100;

let world: World;

beforeEach(async () => {
  world = await openWorld({ "team/a": "r1", "team/b": "r2" });
});

afterEach(() => world.close());

async function plant(table: "blobs" | "tags" | "manifests" | "manifest_blobs", rows: object[]) {
  for (let start = 0; start < rows.length; start += 500) {
    await world.db.write(insertRows, { table, rows: rows.slice(start, start + 500) as [] });
  }
}

const blob = (digest: string, size: number, state = "live") => {
  const at = { created_at: NOON, last_touched: NOON, reclaim_after: null };
  return { digest, size, location: digest, state, ...at };
};

const manifest = (repository_id: string, digest: string, deleted_at: number | null = null) => {
  const pushed = { pushed_at: NOON, pushed_by: "ada", payload: new Uint8Array([1]), size: 1 };
  const more = { media_type: "m", artifact_type: null, subject: null, annotations: null };
  return {
    repository_id,
    digest,
    deleted_at,
    deleted_by: null,
    reclaim_after: null,
    ...pushed,
    ...more,
  };
};

test("everything is counted once, however many rows there are", async () => {
  const ids = Array.from({ length: MANY }, (_, index) => `d${index}`);
  await plant("blobs", [...ids.map((id) => blob(id, 2)), blob("gone", 1_000, "reclaiming")]);
  const both = ids.flatMap((id) => [manifest("r1", id), manifest("r2", id)]);
  await plant("manifests", [...both, manifest("r2", "trash", NOON)]);
  const edge = (repository_id: string, digest: string) => {
    return { repository_id, manifest: digest, digest };
  };
  await plant(
    "manifest_blobs",
    ids.flatMap((id) => [edge("r1", id), edge("r2", id)]),
  );
  await plant(
    "tags",
    ids.map((name) => {
      return { repository_id: "r1", name, manifest: "d1", updated_at: NOON, updated_by: "ada" };
    }),
  );
  expect(await new Inventory(world.db, new ManualClock(NOON)).stock()).toEqual({
    ...{ at: NOON, stored: 2 * MANY, logical: 4 * MANY },
    ...{ projects: 1, repositories: 2, blobs: MANY, manifests: 2 * MANY, tags: MANY },
    ...{ users: 0, robots: 0, groups: 0 },
  });
});

test("figures are counted anew after a while, and those who ask together share one count", async () => {
  const clock = new ManualClock(NOON);
  const inventory = new Inventory(world.db, clock);
  const [one, two] = await Promise.all([inventory.stock(), inventory.stock()]);
  expect(one).toBe(two);
  await plant("blobs", [blob("d1", 5)]);
  clock.advance(9 * SECOND);
  expect((await inventory.stock()).stored).toBe(0);
  // However long that took, an hour is enough.
  clock.advance(3_600 * SECOND);
  expect(await inventory.stock()).toMatchObject({ at: clock.now(), stored: 5 });
});
