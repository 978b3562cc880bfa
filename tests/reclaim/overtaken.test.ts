import { afterEach, beforeEach, expect, test } from "bun:test";
import { forgetBlobs, takeBlobs } from "../../src/features/reclaim/store/blobs.ts";
import { failure } from "../../src/kernel/errors/catalogue.ts";
import { parseRepositoryName } from "../../src/oci/name.ts";
import { doer, pushBlob } from "../support/content-bench.ts";
import { openReclaimBench, type ReclaimBench, times } from "./bench.ts";

const name = parseRepositoryName("team/app");
const LEASE = 1_000;

let bench: ReclaimBench;
beforeEach(async () => {
  bench = await openReclaimBench();
});
afterEach(() => bench.close());

async function unlinked(text: string) {
  const { content, clock } = bench;
  const blob = await pushBlob(content, name, text);
  await content.blobs.unlink({ repository: name, digest: blob.digest, force: false, doer });
  clock.advance(times.grace);
  return blob;
}

function take() {
  return bench.db.write(takeBlobs, { now: bench.clock.now(), limit: 10, lease: LEASE });
}

test("a sweeper that comes back late forgets nothing that others have stored or taken since", async () => {
  const { db, blobs, clock, content } = bench;
  const { digest } = await unlinked("contested");
  const early = await take();
  expect(early.map((each) => each.digest)).toEqual([digest]);
  // Pushed anew while the first copy is on its way out: another place, and visible at once.
  await pushBlob(content, name, "contested");
  await content.blobs.unlink({ repository: name, digest, force: false, doer });
  clock.advance(times.grace);
  const late = await take();
  expect(late.map((each) => each.location)).not.toEqual(early.map((each) => each.location));
  for (const { location } of early) await blobs.remove(location);
  expect(await db.write(forgetBlobs, { now: clock.now(), blobs: early })).toBe(0);
  for (const { location, size } of late) expect(await blobs.stat(location)).toEqual({ size });
  for (const { location } of late) await blobs.remove(location);
  expect(await db.write(forgetBlobs, { now: clock.now(), blobs: late })).toBe(1);
});

test("what a dead sweeper has taken is taken again when its lease is over, and not before", async () => {
  const { clock } = bench;
  const { digest } = await unlinked("left behind");
  expect(await take()).toHaveLength(1);
  expect(await take()).toHaveLength(0);
  clock.advance(LEASE);
  expect((await take()).map((each) => each.digest)).toEqual([digest]);
});

test("a copy that was displaced while its sweeper died goes by itself", async () => {
  const { db, clock, content, stages } = bench;
  await unlinked("displaced");
  await take();
  await pushBlob(content, name, "displaced");
  expect(await bench.files()).toHaveLength(2);
  clock.advance(times.grace - 1);
  const copies = stages.find((each) => each.name === "copies");
  expect((await copies?.sweep())?.rows).toBe(0);
  clock.advance(1);
  expect((await copies?.sweep())?.rows).toBe(1);
  const [row] = await db.read.selectFrom("blobs").select("location").execute();
  expect(await bench.files()).toEqual([row?.location ?? ""]);
});

test("a store that fails says nothing of the bytes: the row stays, and is taken again", async () => {
  const { db, clock, stages } = bench;
  await unlinked("first");
  const { digest } = await unlinked("second");
  const sweep = () => stages.find((each) => each.name === "blobs")?.sweep();
  const bad = await db.read
    .selectFrom("blobs")
    .select("location")
    .where("digest", "=", digest)
    .executeTakeFirstOrThrow();
  bench.refused = (location) => {
    if (location === bad.location) throw failure("service.storage_unavailable");
  };
  const swept = await sweep();
  expect(swept?.rows).toBe(2);
  expect(swept?.fault).toMatchObject({ code: "service.storage_unavailable" });
  const left = await db.read.selectFrom("blobs").select(["digest", "state"]).execute();
  expect(left).toEqual([{ digest, state: "reclaiming" }]);
  clock.advance(60_000);
  const refusal = await sweep()?.catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "service.storage_unavailable" });
  clock.advance(60_000);
  bench.refused = () => {};
  expect(await sweep()).toEqual({ rows: 1, fault: undefined });
  expect(await db.read.selectFrom("blobs").select("digest").execute()).toEqual([]);
  expect(await bench.files()).toEqual([]);
});
