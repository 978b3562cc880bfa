import { afterEach, beforeEach, expect, test } from "bun:test";
import { pauseReclaim, resumeReclaim } from "../../src/features/reclaim/store/state.ts";
import { parseRepositoryName } from "../../src/oci/name.ts";
import { doer, pushBlob } from "../support/content-bench.ts";
import { openReclaimBench, type ReclaimBench, times } from "./bench.ts";

const name = parseRepositoryName("team/app");

let bench: ReclaimBench;
beforeEach(async () => {
  bench = await openReclaimBench();
});
afterEach(() => bench.close());

function witness() {
  return { doer, at: bench.clock.now(), headKey: "00".repeat(32) };
}

/** Resolves when a sweeper next removes bytes. */
function removal(): Promise<unknown> {
  return new Promise((resolve) => {
    bench.refused = resolve;
  });
}

async function unlinked(text: string): Promise<void> {
  const { digest } = await pushBlob(bench.content, name, text);
  await bench.content.blobs.unlink({ repository: name, digest, force: false, doer });
  bench.clock.advance(times.grace);
}

test("a sweeper that runs removes what is due by itself, and ends when told", async () => {
  const { sweeper, db } = bench;
  await unlinked("some bytes");
  const removed = removal();
  sweeper.start();
  await removed;
  await sweeper.stop();
  expect(await bench.files()).toEqual([]);
  expect(await db.read.selectFrom("blobs").selectAll().execute()).toEqual([]);
  const [day] = await db.read.selectFrom("reclaim_days").selectAll().execute();
  expect(day).toMatchObject({ blobs: 1, bytes: 10 });
});

test("a pause holds until it is taken back, once each", async () => {
  const { sweeper, db } = bench;
  expect(await db.write(pauseReclaim, { witness: witness() })).toBe(true);
  expect(await db.write(pauseReclaim, { witness: witness() })).toBe(false);
  await unlinked("kept for now");
  expect(await sweeper.round()).toBeGreaterThan(0);
  expect(await bench.files()).toHaveLength(1);
  expect(await db.write(resumeReclaim, { witness: witness() })).toBe(true);
  expect(await db.write(resumeReclaim, { witness: witness() })).toBe(false);
  await sweeper.round();
  expect(await bench.files()).toEqual([]);
  const log = await db.read.selectFrom("audit").select("action").orderBy("id").execute();
  const actions = log.map((row) => row.action).filter((action) => action.startsWith("reclaim."));
  expect(actions).toEqual(["reclaim.pause", "reclaim.resume"]);
});
