import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fault, FaultyLayer } from "./faulty-layer.ts";
import { openFilesystemBlobs } from "./filesystem.ts";
import { nodeLayer } from "./node-layer.ts";
import { blobStoreSuite, bytesOf, codeOf, digestOf, sampleBytes, stageBytes } from "./suite.ts";

const ID = "0123456789abcdefghjk";
const makeRoot = () => fs.mkdtemp(join(tmpdir(), "entrepot-blobs-"));

blobStoreSuite("blobs in a folder", async () => {
  const root = await makeRoot();
  return {
    open: () => openFilesystemBlobs({ root }),
    damage: async (location, keep) => {
      if (keep === "missing") await fs.unlink(join(root, location));
      else await fs.truncate(join(root, location), keep);
    },
    destroy: () => fs.rm(root, { recursive: true }),
  };
});

describe("the folder", () => {
  const bytes = sampleBytes(100_000);
  const digest = digestOf(bytes);
  let root: string;

  beforeEach(async () => {
    root = await makeRoot();
  });

  afterEach(() => fs.rm(root, { recursive: true, force: true }));

  async function openFaulty(...faults: Fault[]) {
    const layer = new FaultyLayer(nodeLayer, faults);
    return { layer, store: await openFilesystemBlobs({ root, layer }) };
  }

  test("is made where it is missing, for its owner alone", async () => {
    const deep = join(root, "a", "b", "c");
    const store = await openFilesystemBlobs({ root: deep });
    await stageBytes(store, ID, bytes);
    const { location } = await store.publish(ID, digest);
    for (const path of ["", "uploads", "blobs", "blobs/sha256"]) {
      expect((await fs.stat(join(deep, path))).mode & 0o777).toBe(0o700);
    }
    expect((await fs.stat(join(deep, location))).mode & 0o777).toBe(0o600);
  });

  test("syncs file, then link, then folder, and new folders before what lies in them", async () => {
    const { layer, store } = await openFaulty();
    const opening = layer.log.length;
    await stageBytes(store, ID, bytes);
    const { location } = await store.publish(ID, digest);
    const lasting = new Set(["write", "sync", "link", "mkdir"]);
    const shard = join(root, location, "..");
    const steps = layer.log.slice(opening).filter(({ call }) => lasting.has(call));
    expect(steps.map(({ call, path, to }) => [call, to ?? path])).toEqual([
      ["write", join(root, "uploads", ID)],
      ["sync", join(root, "uploads", ID)],
      ["mkdir", join(root, "blobs/sha256")],
      ["sync", join(root, "blobs")],
      ["mkdir", shard],
      ["sync", join(root, "blobs/sha256")],
      ["link", join(root, location)],
      ["sync", shard],
    ]);
  });

  test("a restarted store syncs the parents of folders that it finds", async () => {
    const first = await openFaulty();
    await stageBytes(first.store, ID, bytes);
    const { location } = await first.store.publish(ID, digest);
    const second = await openFaulty();
    await second.store.publish(ID, digest);
    const synced = second.layer.log.filter(({ call }) => call === "sync").map(({ path }) => path);
    expect(synced).toContain(join(root, "blobs/sha256"));
    expect(synced).toContain(join(root, location, ".."));
  });

  test("publishes into one shard share syncs of the folder", async () => {
    const { layer, store } = await openFaulty();
    const ids = Array.from({ length: 16 }, (_, at) => `${ID}${String(at).padStart(2, "0")}`);
    for (const id of ids) await stageBytes(store, id, bytes);
    await Promise.all(ids.map((id) => store.publish(id, digest)));
    const shard = join(root, store.locationOf(ID, digest), "..");
    const lastLink = layer.log.findLastIndex(({ call }) => call === "link");
    const syncs = layer.log.filter(({ call, path }) => call === "sync" && path === shard);
    expect(syncs.length).toBeLessThan(16);
    expect(
      layer.log.slice(lastLink).some(({ call, path }) => call === "sync" && path === shard),
    ).toBe(true);
    for (const id of ids)
      expect((await store.stat(store.locationOf(id, digest)))?.size).toBe(100_000);
  });

  for (const errno of ["EPERM", "EOPNOTSUPP", "EXDEV"]) {
    test(`where links are impossible (${errno}) the name moves, and publishing stays idempotent`, async () => {
      const { store } = await openFaulty({ call: "link", at: 1, fault: errno });
      await stageBytes(store, ID, bytes);
      const { location } = await store.publish(ID, digest);
      expect(await store.stagedInfo(ID)).toBeUndefined();
      expect(await store.publish(ID, digest)).toEqual({ location, size: bytes.length });
      await store.discard(ID);
      expect(await bytesOf(await store.open(location, bytes.length))).toEqual(bytes);
    });
  }

  test("bytes pushed anew under the same id take the place of those that lie there", async () => {
    const { store } = await openFaulty({ call: "link", at: 1, fault: "EPERM" });
    await stageBytes(store, ID, bytes);
    const { location } = await store.publish(ID, digest);
    await fs.truncate(join(root, location), 5);
    await stageBytes(store, ID, bytes);
    await store.publish(ID, digest);
    expect(await bytesOf(await store.open(location, bytes.length))).toEqual(bytes);
  });

  test("after a failed sync the bytes are not to be trusted until they are written anew", async () => {
    const { layer, store } = await openFaulty({ call: "sync", at: 4, fault: "EIO" });
    expect(layer.log.filter(({ call }) => call === "sync").length).toBe(3);
    await stageBytes(store, ID, bytes);
    expect(await codeOf(store.publish(ID, digest))).toBe("service.storage_unavailable");
    expect(await codeOf(store.publish(ID, digest))).toBe("service.content_damaged");
    // The pages that were called clean outlive the process: so does the mark.
    const next = await openFilesystemBlobs({ root });
    expect(await codeOf(next.publish(ID, digest))).toBe("service.content_damaged");
    expect(await next.stat(next.locationOf(ID, digest))).toBeUndefined();
    const writer = await next.stage(ID);
    await writer.truncate(0);
    await writer.write(bytes.slice());
    await writer.close();
    const { location } = await next.publish(ID, digest);
    expect(await bytesOf(await next.open(location, bytes.length))).toEqual(bytes);
  });

  test("a failed sync of the folder is doubted just so", async () => {
    const plain = await openFilesystemBlobs({ root });
    await stageBytes(plain, `${ID}0`, bytes);
    await plain.publish(`${ID}0`, digest);
    // Opening syncs once, the file is the second, two parents follow, then the shard.
    const { layer, store } = await openFaulty({ call: "sync", at: 5, fault: "EIO" });
    await stageBytes(store, ID, bytes);
    expect(await codeOf(store.publish(ID, digest))).toBe("service.storage_unavailable");
    const failed = layer.log.find(({ failed }) => failed);
    expect(failed?.path).toBe(join(root, store.locationOf(ID, digest), ".."));
    expect(await codeOf(store.publish(ID, digest))).toBe("service.content_damaged");
  });

  test("large uploads are synced on their way, and a failure there is not forgotten", async () => {
    const { layer, store } = await openFaulty({ call: "datasync", at: 1, fault: "EIO" });
    const part = sampleBytes(1024 * 1024);
    const writer = await store.stage(ID);
    const writing = (async () => {
      for (let at = 0; at < 40; at++) await writer.write(part.slice());
      await writer.close();
    })();
    expect(await codeOf(writing)).toBe("service.storage_unavailable");
    expect(await codeOf(writer.close())).toBe("service.storage_unavailable");
    expect(layer.log.filter(({ call }) => call === "datasync").length).toBe(1);
    expect(await codeOf(store.publish(ID, digest))).toBe("service.content_damaged");
  });

  test("a full disk says so and serves again once there is room", async () => {
    const { store } = await openFaulty({ call: "write", at: 1, fault: "ENOSPC" });
    expect(await codeOf(stageBytes(store, ID, bytes))).toBe("service.storage_full");
    expect(await store.stagedInfo(ID)).toEqual({ size: 0, published: false });
    await stageBytes(store, ID, bytes);
    const { location } = await store.publish(ID, digest);
    expect(await store.stat(location)).toEqual({ size: bytes.length });
  });

  test("an unreadable disk is a fault, never an absence", async () => {
    const store = await openFilesystemBlobs({ root });
    await stageBytes(store, ID, bytes);
    const { location } = await store.publish(ID, digest);
    for (const fault of ["EIO", "EACCES", "ESTALE", "ENOTDIR"]) {
      const failing = { call: "any", at: 1, fault } as const;
      const calls = [
        () => openFaultyLater(failing, (it) => it.stat(location)),
        () => openFaultyLater(failing, (it) => it.open(location, bytes.length)),
        () => openFaultyLater(failing, (it) => it.readAll(location, bytes.length)),
        () => openFaultyLater(failing, (it) => it.stagedInfo(ID)),
        () => openFaultyLater(failing, (it) => it.remove(location)),
        () => openFaultyLater(failing, (it) => it.discard(ID)),
        () => openFaultyLater(failing, (it) => it.capacity()),
        () => openFaultyLater(failing, (it) => Array.fromAsync(it.listStaged())),
        () => openFaultyLater(failing, (it) => Array.fromAsync(it.readStaged(ID))),
      ];
      for (const call of calls) expect(await codeOf(call())).toBe("service.storage_unavailable");
    }
    expect(await bytesOf(await store.open(location, bytes.length))).toEqual(bytes);
  });

  /** Opens the store, and only then counts calls. */
  async function openFaultyLater(
    fault: Fault,
    use: (store: Awaited<ReturnType<typeof openFilesystemBlobs>>) => Promise<unknown>,
  ) {
    const before = (await openFaulty()).layer.log.length;
    return use((await openFaulty({ ...fault, at: before + fault.at })).store);
  }

  test("a volume that is gone is a fault, never an absence", async () => {
    const store = await openFilesystemBlobs({ root });
    await stageBytes(store, ID, bytes);
    const { location } = await store.publish(ID, digest);
    await fs.rename(root, `${root}.away`);
    try {
      expect(await codeOf(store.stat(location))).toBe("service.storage_unavailable");
      expect(await codeOf(store.open(location, 9))).toBe("service.storage_unavailable");
      expect(await codeOf(store.stage(ID))).toBe("service.storage_unavailable");
      expect(await codeOf(store.publish(ID, digest))).toBe("service.storage_unavailable");
      expect(await codeOf(store.probe())).toBe("service.storage_unavailable");
      // An empty mount point has the folders' names and not their files.
      await fs.mkdir(join(root, "blobs"), { recursive: true });
      await fs.mkdir(join(root, "uploads"));
      expect(await codeOf(store.stat(location))).toBe("service.storage_unavailable");
      expect(await codeOf(store.discard(ID))).toBe("service.storage_unavailable");
      await fs.rm(root, { recursive: true });
    } finally {
      await fs.rename(`${root}.away`, root);
    }
    expect(await store.stat(location)).toEqual({ size: bytes.length });
  });

  test("a symbolic link where bytes should be is not followed", async () => {
    const store = await openFilesystemBlobs({ root });
    const secret = join(root, "secret");
    await fs.writeFile(secret, "do not touch");
    await fs.symlink(secret, join(root, "uploads", ID));
    expect(await codeOf(store.stage(ID))).toBe("service.storage_unavailable");
    expect(await codeOf(Array.fromAsync(store.readStaged(ID)))).toBe("service.storage_unavailable");
    expect(await fs.readFile(secret, "utf8")).toBe("do not touch");
  });

  test("what is not ours in the folder is neither listed nor removed", async () => {
    const store = await openFilesystemBlobs({ root });
    await fs.writeFile(join(root, "uploads", "README"), "hello");
    await fs.writeFile(join(root, "uploads", `${ID}.copy`), "left by a crash");
    expect(await Array.fromAsync(store.listStaged())).toEqual([]);
    await openFilesystemBlobs({ root });
    expect(await fs.readdir(join(root, "uploads"))).toEqual(["README"]);
  });

  test("a folder of a shard that somebody removed is made again", async () => {
    const store = await openFilesystemBlobs({ root });
    await stageBytes(store, ID, bytes);
    const { location } = await store.publish(ID, digest);
    await fs.rm(join(root, "blobs", "sha256"), { recursive: true });
    expect(await codeOf(store.publish(ID, digest))).toBe("service.storage_unavailable");
    expect(await store.publish(ID, digest)).toEqual({ location, size: bytes.length });
  });
});
