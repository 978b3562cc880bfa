import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { chunked } from "../support/http-client.ts";
import { EMPTY_CONFIG, image, piece, pushBlob, putManifest, withQuery } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

let count = 0;
let project = "";
let repository = "";

async function rest(method: string, path: string, body?: unknown) {
  const answer = await registry.admin.send(method, `/api/v1/projects/${project}${path}`, {
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return JSON.parse(answer.expect(200).text);
}

const limit = (bytes: number) => rest("PATCH", "/quota", { bytes });
const used = async (): Promise<number> => (await rest("GET", "/quota")).usage.bytes;

beforeEach(async () => {
  count += 1;
  project = `team${count}`;
  repository = `${project}/app`;
  await pushBlob(registry.admin, repository, piece("12345"));
});

const LAYER = piece("a layer of some twenty bytes");

describe("a project that is full (A64)", () => {
  test("takes no upload: it is told at the start", async () => {
    await limit(5);
    const answer = await registry.admin.post(`/v2/${repository}/blobs/uploads/`);
    expect(answer.refuses(403, "DENIED").error.detail).toMatchObject({
      reason: "quota.exceeded",
      limit: 5,
      used: 5,
    });
  });

  test("takes what it has already, by a mount", async () => {
    await limit(5);
    const { digest } = piece("12345");
    const query = `mount=${digest}&from=${encodeURIComponent(repository)}`;
    const target = `/v2/${project}/other/blobs/uploads/?${query}`;
    (await registry.admin.post(target)).expect(201);
    expect(await used()).toBe(5);
  });

  test("takes nothing of another project by a mount", async () => {
    await pushBlob(registry.admin, "elsewhere/app", LAYER);
    await limit(10);
    const query = `mount=${LAYER.digest}&from=elsewhere/app`;
    const target = `/v2/${repository}/blobs/uploads/?${query}`;
    (await registry.admin.post(target)).refuses(403, "DENIED");
    expect(await used()).toBe(5);
  });
});

describe("what does not fit is refused (A64)", () => {
  beforeEach(async () => {
    await limit(20);
  });

  test("in one request that says its length, before its bytes are looked at", async () => {
    const target = `/v2/${repository}/blobs/uploads/?digest=${LAYER.digest}`;
    (await registry.admin.post(target, { body: LAYER.bytes })).refuses(403, "DENIED");
  });

  test("in pieces whose lengths nobody announces, as it is finished", async () => {
    const begun = await registry.admin.post(`/v2/${repository}/blobs/uploads/`);
    const patched = await registry.admin.patch(begun.expect(202).location, {
      body: chunked(LAYER.bytes.slice(0, 15), LAYER.bytes.slice(15)),
    });
    const end = withQuery(patched.expect(202).location, `digest=${LAYER.digest}`);
    (await registry.admin.put(end)).refuses(403, "DENIED");
    (await registry.admin.head(`/v2/${repository}/blobs/${LAYER.digest}`)).expect(404);
  });

  test("as a manifest, with its tags", async () => {
    await pushBlob(registry.admin, repository, EMPTY_CONFIG);
    const answer = await putManifest(registry.admin, repository, "v1", image([]));
    answer.refuses(403, "DENIED");
    (await registry.admin.head(`/v2/${repository}/manifests/v1`)).expect(404);
    expect(await used()).toBe(7);
  });

  test("and holds nothing: what was refused or given up leaves all its room", async () => {
    const target = `/v2/${repository}/blobs/uploads/?digest=${LAYER.digest}`;
    (await registry.admin.post(target, { body: LAYER.bytes })).refuses(403, "DENIED");
    const begun = await registry.admin.post(`/v2/${repository}/blobs/uploads/`);
    (await registry.admin.patch(begun.location, { body: "fourteen bytes" })).expect(202);
    (await registry.admin.delete(begun.location)).expect(204);
    expect(await used()).toBe(5);
    await pushBlob(registry.admin, repository, piece("exactly fifteen"));
    expect(await used()).toBe(20);
  });
});

test("a delete is allowed in a full project, and tells what the trash still holds", async () => {
  await pushBlob(registry.admin, repository, EMPTY_CONFIG);
  await pushBlob(registry.admin, repository, LAYER);
  const made = image([LAYER]);
  (await putManifest(registry.admin, repository, "v1", made)).expect(201);
  const before = await used();
  await limit(before);
  (await registry.admin.delete(`/v2/${repository}/manifests/${made.digest}`)).expect(202);
  expect(await used()).toBe(before);
  const report = await rest("GET", "/quota/report");
  expect(report.trash).toBe(LAYER.bytes.length + EMPTY_CONFIG.bytes.length + made.bytes.length);
  expect(report.unnamed).toBe(5);
  expect(report.largest).toEqual([{ repository, bytes: before }]);
});
