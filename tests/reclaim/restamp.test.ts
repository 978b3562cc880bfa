import { afterEach, beforeEach, expect, test } from "bun:test";
import { restampIfChanged, restampJob } from "../../src/features/reclaim/restamp-job.ts";
import { parseRepositoryName, parseTag } from "../../src/oci/name.ts";
import { doer, jobContext, pushBlob, pushManifest } from "../support/content-bench.ts";
import { openReclaimBench, type ReclaimBench } from "./bench.ts";

const name = parseRepositoryName("team/app");

let bench: ReclaimBench;
beforeEach(async () => {
  bench = await openReclaimBench(null);
});
afterEach(() => bench.close());

async function stamps() {
  const rows = await bench.db.read
    .selectFrom("manifests")
    .select(["digest", "reclaim_after"])
    .execute();
  return new Map(rows.map((row) => [row.digest, row.reclaim_after]));
}

/** Starts with another setting, as a new process would; gives how many jobs that called for. */
async function startWith(untaggedAfter: number | null): Promise<number> {
  const { db, clock } = bench;
  const parts = { db, clock, settings: { untaggedAfter } };
  await restampIfChanged(parts);
  const jobs = await db.read.selectFrom("jobs").select("id").execute();
  await restampJob(parts).run({}, jobContext(clock));
  return jobs.length;
}

test("another setting stamps what nothing holds, and never takes the stamps away again", async () => {
  const { content, clock, db } = bench;
  const config = await pushBlob(content, name, "config");
  const held = await pushManifest(content, name, { config, note: "held" }, "kept");
  const free: string[] = [];
  for (let at = 0; at < 230; at++) {
    free.push((await pushManifest(content, name, { config, note: `free ${at}` })).digest);
  }
  await content.manifests.delete(name, { kind: "tag", tag: parseTag("kept") }, doer);
  await content.manifests.tag(name, parseTag("kept"), held.digest, doer);
  expect(await startWith(null)).toBe(0);
  expect([...(await stamps()).values()].every((at) => at === null)).toBe(true);

  clock.advance(5_000);
  expect(await startWith(1_500)).toBe(1);
  const stamped = await stamps();
  expect(stamped.get(held.digest)).toBeNull();
  for (const digest of free) expect(stamped.get(digest)).toBe(clock.now() + 1_500);
  await restampIfChanged({ db, clock, settings: { untaggedAfter: 1_500 } });
  expect(await db.read.selectFrom("jobs").select("id").execute()).toHaveLength(1);

  await startWith(null);
  expect([...(await stamps()).values()].every((at) => at === null)).toBe(true);
}, 30_000);
