import { afterEach, beforeEach, expect, test } from "bun:test";
import { holding } from "../../src/features/reclaim/holds.ts";
import { takeBlobs } from "../../src/features/reclaim/store/blobs.ts";
import { renewHold, takeHold } from "../../src/features/reclaim/store/holds.ts";
import { insertRows } from "../support/rows.ts";
import { openReclaimBench, type ReclaimBench } from "./bench.ts";

let bench: ReclaimBench;

beforeEach(async () => {
  bench = await openReclaimBench();
});

afterEach(() => bench.close());

/** Blobs that are due, which nothing links. */
async function due(count: number): Promise<void> {
  const now = bench.clock.now();
  const rows = Array.from({ length: count }, (_, at) => ({
    ...{ digest: `d${at}`, size: 1, location: `l${at}`, state: "live" },
    ...{ created_at: now, last_touched: now, reclaim_after: now },
  }));
  await bench.db.write(insertRows, { table: "blobs", rows });
}

const take = (limit = 25) => {
  return bench.db.write(takeBlobs, { now: bench.clock.now(), limit, lease: 1_000 });
};

test("no blob is taken while somebody holds, and all of them afterwards", async () => {
  await due(3);
  const hold = holding(bench.db, bench.clock);
  await hold("a test", async () => {
    expect(await take()).toEqual([]);
    await hold("another", async () => expect(await take()).toEqual([]));
    expect(await take()).toEqual([]);
  });
  expect(await take()).toHaveLength(3);
});

test("a hold whose holder died is over by itself, and cannot be renewed then", async () => {
  await due(1);
  const now = bench.clock.now();
  await bench.db.write(takeHold, { id: "h", now, until: now + 5_000, why: "a test" });
  bench.clock.advance(4_999);
  expect(await take()).toEqual([]);
  const until = bench.clock.now() + 5_000;
  await bench.db.write(renewHold, { id: "h", now: bench.clock.now(), until });
  bench.clock.advance(4_999);
  expect(await take()).toEqual([]);
  bench.clock.advance(1);
  const late = { id: "h", now: bench.clock.now(), until: until + 9 };
  const refused = await bench.db.write(renewHold, late).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "reclaim.hold_over" });
  expect(await take()).toHaveLength(1);
});

test("whoever holds sees every blob that is taken as reclaiming, however they come at once", async () => {
  const BLOBS = 60;
  await due(BLOBS);
  const hold = holding(bench.db, bench.clock);
  const taken: string[] = [];
  const sweep = async () => {
    for (let turn = 0; turn < 12; turn++) {
      for (const { digest } of await take(2)) taken.push(digest);
    }
  };
  const look = async () => {
    for (let turn = 0; turn < 6; turn++) {
      await hold("a look", async () => {
        const live = await bench.db.snapshot((view) =>
          view.selectFrom("blobs").select("digest").where("state", "=", "live").execute(),
        );
        // What it saw as live stays so until it lets go.
        await take(2);
        const now = await bench.db.read
          .selectFrom("blobs")
          .select("digest")
          .where("state", "=", "live")
          .execute();
        expect(now).toEqual(live);
      });
    }
  };
  await Promise.all([sweep(), sweep(), look(), look()]);
  expect(new Set(taken).size).toBe(taken.length);
}, 60_000);
