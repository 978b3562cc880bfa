import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  type ContentBench,
  doer,
  openContentBench,
  pushBlob,
  pushManifest,
} from "../../../../../tests/support/content-bench.ts";
import { parseRepositoryName } from "../../../../oci/name.ts";

const NAME = "team/app";
const name = parseRepositoryName(NAME);
let bench: ContentBench;

beforeEach(async () => {
  bench = await openContentBench({ requireReferences: false });
});

afterEach(() => bench.close());

test("a manifest that names a deleted blob does not make it visible again", async () => {
  const { content, db } = bench;
  const blob = await pushBlob(content, NAME, "a layer");
  await pushManifest(content, NAME, { config: blob, note: "first" });
  await content.blobs.unlink({ repository: name, digest: blob.digest, force: true, doer });
  const gone = { code: "blob.unknown" };
  expect(await content.blobs.check(name, blob.digest).catch((error) => error)).toMatchObject(gone);

  await pushManifest(content, NAME, { config: blob, note: "second" });
  expect(await content.blobs.check(name, blob.digest).catch((error) => error)).toMatchObject(gone);
  // Held all the same, so that an upload finds the bytes that the manifests need.
  const [link] = await db.read.selectFrom("repository_blobs").selectAll().execute();
  expect(link).toMatchObject({ reclaim_after: null });

  await pushBlob(content, NAME, "a layer");
  expect(await content.blobs.check(name, blob.digest)).toBe(blob.size);
});
