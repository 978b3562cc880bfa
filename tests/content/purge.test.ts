import { afterEach, beforeEach, expect, test } from "bun:test";
import { DAY } from "../../src/kernel/clock.ts";
import { parseRepositoryName } from "../../src/oci/name.ts";
import {
  bodyOf,
  type ContentBench,
  digestOf,
  jobContext,
  openContentBench,
  pushBlob,
  pusher,
} from "../support/content-bench.ts";

const repository = parseRepositoryName("team/app");
const bytes = new TextEncoder().encode("some bytes of an upload");

let bench: ContentBench;
beforeEach(async () => {
  bench = await openContentBench();
});
afterEach(() => bench.close());

async function runJob(kind: string): Promise<void> {
  const job = bench.jobs.find((each) => each.kind === kind);
  if (job === undefined) throw new Error(`no job ${kind}`);
  await job.run({}, jobContext(bench.clock));
}

async function stage(id: string): Promise<void> {
  const writer = await bench.blobs.stage(id);
  await writer.write(bytes.slice());
  await writer.close();
}

test("a session whose time is over ends, and its bytes go", async () => {
  const { content, blobs, clock } = bench;
  const id = await content.uploads.start(repository, pusher);
  const key = { id, repository, pusher };
  await content.uploads.append(key, bodyOf(bytes));
  clock.advance(6 * DAY);
  await content.uploads.append(key, bodyOf(bytes));
  // The second chunk gave it time anew.
  clock.advance(6 * DAY);
  await runJob("content.purge-uploads");
  expect(await content.uploads.status(key)).toBe(2 * bytes.byteLength);
  clock.advance(DAY);
  await runJob("content.purge-uploads");
  expect(content.uploads.status(key)).rejects.toMatchObject({ code: "upload.unknown" });
  expect(await blobs.stagedInfo(id)).toBeUndefined();
});

test("bytes published before a crash, and never committed, go with their staged name", async () => {
  const { blobs, clock } = bench;
  await stage("lostlostlostlost");
  const { location } = await blobs.publish("lostlostlostlost", digestOf(bytes));
  clock.advance(Date.now() + 2 * DAY);
  await runJob("content.purge-staged");
  expect(await blobs.stagedInfo("lostlostlostlost")).toBeUndefined();
  expect(await blobs.stat(location)).toBeUndefined();
});

test("bytes whose commit did happen stay when only the staged name was left behind", async () => {
  const { content, blobs, clock, db } = bench;
  const { digest } = await pushBlob(content, "team/app", "kept");
  const { location } = await db.read
    .selectFrom("blobs")
    .select("location")
    .where("digest", "=", digest)
    .executeTakeFirstOrThrow();
  const id = location.slice(location.lastIndexOf(".") + 1);
  // As if the crash had come between the commit and the drop of the staged name.
  const writer = await blobs.stage(id);
  await writer.write(new TextEncoder().encode("kept"));
  await writer.close();
  await blobs.publish(id, digest);
  clock.advance(Date.now() + 2 * DAY);
  await runJob("content.purge-staged");
  expect(await blobs.stagedInfo(id)).toBeUndefined();
  expect((await blobs.stat(location))?.size).toBe(4);
});

test("staged bytes of a running request or an open session are left alone", async () => {
  const { content, blobs, clock } = bench;
  clock.advance(Date.now() - clock.now());
  await stage("freshfreshfreshfr");
  await runJob("content.purge-staged");
  expect(await blobs.stagedInfo("freshfreshfreshfr")).toBeDefined();
  const id = await content.uploads.start(repository, pusher);
  await content.uploads.append({ id, repository, pusher }, bodyOf(bytes));
  clock.advance(2 * DAY);
  await runJob("content.purge-staged");
  expect(await blobs.stagedInfo(id)).toBeDefined();
  expect(await blobs.stagedInfo("freshfreshfreshfr")).toBeUndefined();
});
