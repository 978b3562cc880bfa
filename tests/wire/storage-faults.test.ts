import { afterEach, describe, expect, test } from "bun:test";
import { readdir, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "../../scripts/lib/run.ts";
import { type Fault, FaultyLayer } from "../../src/platform/blobs/faulty-layer.ts";
import type { FileLayer } from "../../src/platform/blobs/file-layer.ts";
import { openFilesystemBlobs } from "../../src/platform/blobs/filesystem.ts";
import { nodeLayer } from "../../src/platform/blobs/node-layer.ts";
import type { Answer } from "../support/answer.ts";
import {
  image,
  type Piece,
  pattern,
  piece,
  pushBlob,
  pushImage,
  putManifest,
  withQuery,
} from "../support/images.ts";
import { startRegistry, storageOf, type TestRegistry } from "../support/registry.ts";
import { checkAlways } from "../support/table.ts";

const SMALL = piece(pattern(5_000, 1));
const LARGE = piece(pattern(1_500_000, 2));

let registry: TestRegistry | undefined;
afterEach(async () => {
  const running = registry;
  registry = undefined;
  await running?.close();
});

async function startOn(layer: FileLayer): Promise<TestRegistry> {
  const parts = async ({ folder }: { folder: string }) => ({
    blobs: await openFilesystemBlobs({ root: join(folder, "storage"), layer }),
  });
  registry = await startRegistry({ parts });
  return registry;
}

const READER = { name: "reader", password: "somebody who only pulls", administrator: false };

async function start(): Promise<TestRegistry> {
  registry = await startRegistry({
    accounts: [READER],
    projects: [{ name: "team" }],
    bindings: [{ to: READER.name, role: "guest", on: "team" }],
  });
  return registry;
}

const at = (blob: Piece) => `/v2/team/app/blobs/${blob.digest}`;

function expectUnavailable(answer: Answer, status = 503): void {
  answer.refuses(status, "UNAVAILABLE");
  checkAlways(answer);
  expect(Number(answer.header("retry-after"))).toBeGreaterThan(0);
}

/** The published files of a blob: more than one where a damaged copy was replaced. */
async function filesOf(of: TestRegistry, { digest }: Piece): Promise<string[]> {
  const root = join(storageOf(of), "blobs");
  const names = await readdir(root, { recursive: true });
  const hex = digest.slice("sha256:".length);
  const files = names.filter((name) => name.includes(`/${hex}.`)).map((name) => join(root, name));
  expect(files.length).toBeGreaterThan(0);
  return files;
}

describe("one system call fails while a blob is pushed", () => {
  /** POST, PATCH, PUT; gives the last answer. */
  async function push(to: TestRegistry, blob: Piece): Promise<Answer> {
    const started = await to.admin.post("/v2/team/app/blobs/uploads/");
    if (started.status !== 202) return started;
    const half = blob.bytes.byteLength >> 1;
    const body = blob.bytes.slice(0, half);
    const appended = await to.admin.patch(started.location, { body });
    if (appended.status !== 202) return appended;
    const end = withQuery(started.location, `digest=${blob.digest}`);
    return to.admin.put(end, { body: blob.bytes.slice(half) });
  }

  test.each(["EIO", "ENOSPC", "EMFILE", "short"])(
    "%s, at whichever call: what is acknowledged is whole, the rest is 503 or 507 and invisible",
    async (fault) => {
      const faults: Fault[] = [];
      const layer = new FaultyLayer(nodeLayer, faults);
      const running = await startOn(layer);
      const outcomes = new Set<number>();
      for (let nth = 1; ; nth++) {
        const blob = piece(pattern(70_000, 1_000 + nth));
        const position = layer.log.length + nth;
        faults.splice(0, faults.length, { call: "any", at: position, fault });
        const answer = await push(running, blob);
        outcomes.add(answer.status);
        const reached = layer.log.length >= position;
        faults.length = 0;
        expect([201, 503, 507]).toContain(answer.status);
        if (answer.status !== 201) expectUnavailable(answer, answer.status);
        const found = await running.admin.get(at(blob));
        if (answer.status === 201) found.expect(200);
        if (found.status === 200) expect(piece(found.body).digest).toBe(blob.digest);
        else found.expect(404);
        // The same push succeeds once the disk does.
        (await push(running, blob)).expect(201);
        if (!reached) break;
      }
      expect([...outcomes]).toContain(201);
      if (fault === "EIO") expect([...outcomes]).toContain(503);
      if (fault === "ENOSPC") expect([...outcomes]).toContain(507);
      if (fault === "short") expect([...outcomes]).toEqual([201]);
    },
  );

  test("a PATCH whose bytes could not be written can be sent again in the same session", async () => {
    const faults: Fault[] = [];
    const layer = new FaultyLayer(nodeLayer, faults);
    const running = await startOn(layer);
    const { location } = await running.admin.post("/v2/team/app/blobs/uploads/");
    const writes = layer.log.filter(({ call }) => call === "write").length;
    faults.push({ call: "write", at: writes + 1, fault: "ENOSPC" });
    expectUnavailable(await running.admin.patch(location, { body: LARGE.bytes }), 507);
    faults.length = 0;
    const range = (await running.admin.get(location)).expect(204).header("range");
    const offset = range === "0-0" ? 0 : Number(range.slice(2)) + 1;
    const end = withQuery(location, `digest=${LARGE.digest}`);
    (await running.admin.put(end, { body: LARGE.bytes.slice(offset) })).expect(201);
    const found = (await running.admin.get(at(LARGE))).expect(200);
    expect(piece(found.body).digest).toBe(LARGE.digest);
  });
});

describe("reading from an ill disk is 503 and never 404", () => {
  test.each([
    ["a large blob", "stat", LARGE],
    ["a small blob", "open", SMALL],
    ["a small blob", "read", SMALL],
  ] as const)("%s, by a failing %s", async (_, call, blob) => {
    const faults: Fault[] = [];
    const layer = new FaultyLayer(nodeLayer, faults);
    const running = await startOn(layer);
    await pushBlob(running.admin, "team/app", blob);
    const fail = () => {
      const calls = layer.log.filter((logged) => logged.call === call).length;
      faults.splice(0, faults.length, { call, at: calls + 1, fault: "EIO" });
    };
    fail();
    expectUnavailable(await running.admin.get(at(blob)));
    if (call === "stat") {
      fail();
      (await running.admin.head(at(blob))).expect(503);
      fail();
      const range = { range: "bytes=0-9" };
      expectUnavailable(await running.admin.get(at(blob), range));
    }
    faults.length = 0;
    expect(piece((await running.admin.get(at(blob))).expect(200).body).digest).toBe(blob.digest);
  });

  test.each([
    ["a large blob", LARGE],
    ["a small blob", SMALL],
  ])("%s whose file is gone or cut; a push of the same bytes heals it", async (_, blob) => {
    const running = await start();
    const harms: ((file: string) => Promise<unknown>)[] = [
      (file) => rm(file),
      (file) => truncate(file, blob.bytes.byteLength - 1),
      (file) => truncate(file, 0),
    ];
    for (const harm of harms) {
      await pushBlob(running.admin, "team/app", blob);
      for (const file of await filesOf(running, blob)) await harm(file);
      await running.restart();
      expectUnavailable(await running.admin.get(at(blob)));
      // Whoever may push is told to send it again; whoever only pulls, that it is damaged.
      (await running.admin.head(at(blob))).expect(404);
      (await running.as(READER).head(at(blob))).expect(503);
      await pushBlob(running.admin, "team/app", blob);
      const healed = (await running.admin.get(at(blob))).expect(200);
      expect(piece(healed.body).digest).toBe(blob.digest);
    }
  });

  test("GET and HEAD say the same of a small blob that was answered before its file went", async () => {
    const running = await start();
    await pushBlob(running.admin, "team/app", SMALL);
    (await running.admin.get(at(SMALL))).expect(200);
    for (const file of await filesOf(running, SMALL)) await rm(file);
    expectUnavailable(await running.as(READER).get(at(SMALL)));
    (await running.as(READER).head(at(SMALL))).expect(503);
  });

  test("a small blob with a flipped bit is not served", async () => {
    const running = await start();
    await pushBlob(running.admin, "team/app", SMALL);
    const damaged = SMALL.bytes.slice();
    damaged[77] = (damaged[77] ?? 0) ^ 1;
    for (const file of await filesOf(running, SMALL)) await writeFile(file, damaged);
    expectUnavailable(await running.admin.get(at(SMALL)));
    expectUnavailable(await running.admin.get(at(SMALL), { range: "bytes=0-9" }));
  });

  test("a storage folder that has vanished, as a lost mount does", async () => {
    const running = await start();
    const made = await pushImage(running.admin, "team/app", "v1", [LARGE, SMALL]);
    const { location } = await running.admin.post("/v2/team/app/blobs/uploads/");
    const storage = storageOf(running);
    await rename(storage, `${storage}-away`);
    for (const blob of [LARGE, SMALL]) expectUnavailable(await running.admin.get(at(blob)));
    (await running.admin.head(at(LARGE))).expect(503);
    expectUnavailable(await running.admin.get(location));
    expectUnavailable(await running.admin.patch(location, { body: "more" }));
    // What needs no bytes goes on.
    (await running.admin.get(`/v2/team/app/manifests/${made.digest}`)).expect(200);
    (await running.admin.get("/v2/team/app/tags/list")).expect(200);
    expect((await running.admin.get("/readyz")).status).toBe(503);
    (await running.admin.get("/healthz")).expect(200);
    await rename(`${storage}-away`, storage);
    for (const blob of [LARGE, SMALL]) (await running.admin.get(at(blob))).expect(200);
    (await running.admin.patch(location, { body: "more" })).expect(202);
  });
});

test("with the disk nearly full writes are 507, reads and deletes go on, and all is well once there is space", async () => {
  let free = Number.MAX_SAFE_INTEGER;
  const layer: FileLayer = { ...nodeLayer, space: () => ({ total: 1e15, free }) };
  const parts = async ({ folder }: { folder: string }) => ({
    blobs: await openFilesystemBlobs({ root: join(folder, "storage"), layer }),
  });
  const running = await startRegistry({ parts, settings: { "storage.min_free_bytes": "1GiB" } });
  registry = running;
  const made = await pushImage(running.admin, "team/app", "v1", [SMALL]);
  const { location } = await running.admin.post("/v2/team/app/blobs/uploads/");
  free = 1_000_000;
  const start = () => running.admin.post("/v2/team/app/blobs/uploads/");
  // The free space is looked at once a second.
  await until("writes are refused", async () =>
    (await start()).status === 507 ? true : undefined,
  );
  expectUnavailable(await start(), 507);
  const whole = `/v2/team/app/blobs/uploads/?digest=${LARGE.digest}`;
  expectUnavailable(await running.admin.post(whole, { body: LARGE.bytes }), 507);
  expectUnavailable(await running.admin.patch(location, { body: LARGE.bytes }), 507);
  const end = withQuery(location, `digest=${LARGE.digest}`);
  expectUnavailable(await running.admin.put(end, { body: LARGE.bytes }), 507);
  expectUnavailable(await putManifest(running.admin, "team/app", "v2", image([SMALL])), 507);
  (await running.admin.get(at(SMALL))).expect(200);
  (await running.admin.get("/v2/team/app/manifests/v1")).expect(200);
  (await running.admin.delete("/v2/team/app/manifests/v1")).expect(202);
  (await running.admin.delete(`/v2/team/app/manifests/${made.digest}`)).expect(202);
  (await running.admin.delete(at(SMALL))).expect(202);
  (await running.admin.get(location)).expect(204);
  free = 1e13 * 3;
  await until("writes go on", async () => ((await start()).status === 202 ? true : undefined));
  (await running.admin.put(end, { body: LARGE.bytes })).expect(201);
});
