import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Failure } from "../../kernel/errors/catalogue.ts";
import type { Digest } from "../../oci/digest.ts";
import { newHasher } from "./hasher.ts";
import type { BlobBody, BlobStore } from "./port.ts";

/** Some storage that outlives the store objects opened on it. */
export interface BlobStorage {
  /** Opens the storage; a second call is what a restarted process sees. */
  open(): Promise<BlobStore>;
  /** Takes the stored bytes of a location away, or cuts them, behind the store's back. */
  damage(location: string, keep: number | "missing"): Promise<void>;
  destroy(): Promise<void>;
}

const ID = "0123456789abcdefghjk";
const OTHER = "zyxwvtsrqpnmkjhgfedc";
const MIB = 1024 * 1024;

/** Bytes that differ at every place and from seed to seed. */
export function sampleBytes(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = seed * 2654435761;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export function digestOf(bytes: Uint8Array, algorithm: "sha256" | "sha512" = "sha256"): Digest {
  const hasher = newHasher(algorithm);
  hasher.update(bytes);
  return hasher.digest();
}

export async function bytesOf(body: BlobBody): Promise<Uint8Array> {
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/** Stages `bytes` in chunks of `step`; the writer is closed afterwards. */
export async function stageBytes(store: BlobStore, id: string, bytes: Uint8Array, step = 65_536) {
  const writer = await store.stage(id);
  for (let at = 0; at < bytes.length; at += step) {
    await writer.write(bytes.slice(at, at + step));
  }
  await writer.close();
}

async function push(store: BlobStore, id: string, bytes: Uint8Array) {
  await stageBytes(store, id, bytes);
  const published = await store.publish(id, digestOf(bytes));
  await store.discard(id);
  return published;
}

async function stagedBytes(store: BlobStore, id: string): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await Array.fromAsync(store.readStaged(id))));
}

/** The code of the failure that `promise` ends in; anything else is thrown on. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
  return "no failure";
}

/** What every store must do, whatever it is made of. */
export function blobStoreSuite(name: string, make: () => Promise<BlobStorage>): void {
  describe(name, () => {
    let storage: BlobStorage;
    let store: BlobStore;

    beforeEach(async () => {
      storage = await make();
      store = await storage.open();
    });

    afterEach(async () => {
      await store.close();
      await storage.destroy();
    });

    for (const size of [0, 1, 5 * MIB + 1]) {
      test(`${size} bytes come back as they went in`, async () => {
        const bytes = sampleBytes(size);
        const { location, size: stored } = await push(store, ID, bytes);
        expect(stored).toBe(size);
        expect(location).toBe(store.locationOf(ID, digestOf(bytes)));
        expect(await store.stat(location)).toEqual({ size });
        expect(digestOf(await bytesOf(await store.open(location, size)))).toBe(digestOf(bytes));
        expect(digestOf(await store.readAll(location, size))).toBe(digestOf(bytes));
      });
    }

    test("SHA-512 content has a place of its own", async () => {
      const bytes = sampleBytes(1000);
      await stageBytes(store, ID, bytes);
      const { location } = await store.publish(ID, digestOf(bytes, "sha512"));
      expect(location).toStartWith("blobs/sha512/");
      expect(await bytesOf(await store.open(location, 1000))).toEqual(bytes);
    });

    test("a body knows its length", async () => {
      const { location } = await push(store, ID, sampleBytes(MIB));
      const body = await store.open(location, MIB);
      const length = body instanceof Blob ? body.size : body instanceof Uint8Array && body.length;
      expect(length).toBe(MIB);
    });

    test("ranges are exact at every border", async () => {
      const size = 300_001;
      const bytes = sampleBytes(size);
      const { location } = await push(store, ID, bytes);
      const spans = [
        [0, 0],
        [0, size - 1],
        [size - 1, size - 1],
        [1, size - 2],
        [65_535, 65_536],
        [262_143, 262_144],
      ] as const;
      for (const [start, end] of spans) {
        const part = await bytesOf(await store.open(location, size, { start, end }));
        expect(part.length).toBe(end - start + 1);
        expect(digestOf(part)).toBe(digestOf(bytes.subarray(start, end + 1)));
      }
      const beyond = [
        { start: 0, end: size },
        { start: -1, end: 4 },
        { start: 5, end: 4 },
        { start: 0.5, end: 4 },
      ];
      for (const range of beyond) {
        await expect(store.open(location, size, range)).rejects.toBeInstanceOf(RangeError);
      }
    });

    test("chunks of every size are appended in order", async () => {
      const parts = [1, 0, 7, 262_144, 3, 262_143, 1_000_000, 2, 0, 65_536].map((size, at) =>
        sampleBytes(size, at + 1),
      );
      const writer = await store.stage(ID);
      let size = 0;
      for (const part of parts) {
        await writer.write(part.slice());
        size += part.length;
        expect(writer.size).toBe(size);
      }
      for (let at = 0; at < 1000; at++) await writer.write(new Uint8Array([at & 255]));
      await writer.flush();
      expect((await store.stagedInfo(ID))?.size).toBe(size + 1000);
      await writer.close();
      const tail = Uint8Array.from({ length: 1000 }, (_, at) => at & 255);
      expect(digestOf(await stagedBytes(store, ID))).toBe(
        digestOf(new Uint8Array(Buffer.concat([...parts, tail]))),
      );
    });

    test("an upload goes on where it stopped, also after a restart", async () => {
      const bytes = sampleBytes(700_000);
      await stageBytes(store, ID, bytes.subarray(0, 400_000));
      store = await storage.open();
      expect(await store.stagedInfo(ID)).toEqual({ size: 400_000, published: false });
      const writer = await store.stage(ID);
      expect(writer.size).toBe(400_000);
      await writer.write(bytes.slice(400_000));
      await writer.close();
      const { location } = await store.publish(ID, digestOf(bytes));
      store = await storage.open();
      expect(digestOf(await store.readAll(location, bytes.length))).toBe(digestOf(bytes));
    });

    test("staged bytes are cut where the caller says, and never lengthened", async () => {
      const bytes = sampleBytes(300_000);
      const writer = await store.stage(ID);
      await writer.write(bytes.slice());
      await writer.truncate(100_000);
      expect(writer.size).toBe(100_000);
      await writer.write(bytes.slice(100_000, 100_010));
      await expect(writer.truncate(100_011)).rejects.toBeInstanceOf(RangeError);
      await expect(writer.truncate(-1)).rejects.toBeInstanceOf(RangeError);
      await writer.close();
      expect(await stagedBytes(store, ID)).toEqual(bytes.subarray(0, 100_010));
      const again = await store.stage(ID);
      await again.truncate(0);
      await again.write(bytes.slice(5, 9));
      await again.close();
      expect(await stagedBytes(store, ID)).toEqual(bytes.subarray(5, 9));
    });

    test("a closed writer stays closed, and closing it again is nothing", async () => {
      const writer = await store.stage(ID);
      await writer.close();
      await writer.close();
      expect(() => writer.write(new Uint8Array(1))).toThrow(TypeError);
    });

    test("publishing twice is publishing once", async () => {
      const bytes = sampleBytes(1234);
      await stageBytes(store, ID, bytes);
      const first = await store.publish(ID, digestOf(bytes));
      expect(await store.stagedInfo(ID)).toEqual({ size: 1234, published: true });
      store = await storage.open();
      expect(await store.publish(ID, digestOf(bytes))).toEqual(first);
      await store.discard(ID);
      expect(await bytesOf(await store.open(first.location, 1234))).toEqual(bytes);
    });

    test("discarding keeps what was published, and is idempotent", async () => {
      const bytes = sampleBytes(50);
      const { location } = await push(store, ID, bytes);
      await store.discard(ID);
      expect(await store.stagedInfo(ID)).toBeUndefined();
      expect(await store.stat(location)).toEqual({ size: 50 });
    });

    test("published bytes never change, whatever is staged under their id afterwards", async () => {
      const bytes = sampleBytes(2000);
      await stageBytes(store, ID, bytes);
      const { location } = await store.publish(ID, digestOf(bytes));
      const writer = await store.stage(ID);
      expect(writer.size).toBe(2000);
      await writer.write(sampleBytes(10, 2));
      await writer.truncate(3);
      await writer.close();
      expect(await store.stagedInfo(ID)).toEqual({ size: 3, published: false });
      expect(await bytesOf(await store.open(location, 2000))).toEqual(bytes);
    });

    test("one content stored twice lies at two places, and one can go", async () => {
      const bytes = sampleBytes(4000);
      const [a, b] = await Promise.all([push(store, ID, bytes), push(store, OTHER, bytes)]);
      expect(a.location).not.toBe(b.location);
      await store.remove(a.location);
      await store.remove(a.location);
      expect(await store.stat(a.location)).toBeUndefined();
      expect(await bytesOf(await store.open(b.location, 4000))).toEqual(bytes);
    });

    test("many uploads at once do not mix", async () => {
      const all = Array.from({ length: 24 }, (_, at) => ({
        id: `${ID}${String(at).padStart(2, "0")}`,
        bytes: sampleBytes(100_000 + at * 10_007, at + 1),
      }));
      const stored = await Promise.all(all.map(({ id, bytes }) => push(store, id, bytes)));
      for (const [at, { location, size }] of stored.entries()) {
        const bytes = all[at]?.bytes ?? new Uint8Array();
        expect(digestOf(await store.readAll(location, size))).toBe(digestOf(bytes));
      }
    });

    test("lists every staged upload once, prefixes of one another too", async () => {
      const ids = [ID, `${ID}0`, `${ID}00`, ID.slice(0, 16), OTHER].sort();
      for (const [at, id] of ids.entries()) await stageBytes(store, id, sampleBytes(at));
      const before = Date.now();
      const listed = await Array.fromAsync(store.listStaged());
      expect(listed.map(({ id }) => id).sort()).toEqual(ids);
      for (const { id, size, modifiedAt } of listed) {
        expect(size).toBe(ids.indexOf(id));
        expect(Number.isInteger(modifiedAt)).toBeTrue();
        expect(Math.abs(before - modifiedAt)).toBeLessThan(3_600_000);
      }
    });

    test("bytes that are gone or cut are damage, never a short answer and never an absence", async () => {
      const size = 40_000;
      const { location } = await push(store, ID, sampleBytes(size));
      expect(await codeOf(store.open(location, size + 1))).toBe("service.content_damaged");
      await storage.damage(location, size - 1);
      expect(await codeOf(store.open(location, size))).toBe("service.content_damaged");
      expect(await codeOf(store.open(location, size, { start: 0, end: 5 }))).toBe(
        "service.content_damaged",
      );
      expect(await codeOf(store.readAll(location, size))).toBe("service.content_damaged");
      expect(Buffer.concat(await Array.fromAsync(store.read(location))).length).toBe(size - 1);
      await storage.damage(location, "missing");
      expect(await codeOf(Array.fromAsync(store.read(location)))).toBe("service.content_damaged");
      expect(await codeOf(store.open(location, size))).toBe("service.content_damaged");
      expect(await codeOf(store.readAll(location, size))).toBe("service.content_damaged");
      expect(await store.stat(location)).toBeUndefined();
    });

    test("what was never staged can be neither read nor published", async () => {
      const digest = digestOf(sampleBytes(3));
      expect(await store.stagedInfo(ID)).toBeUndefined();
      expect(await codeOf(store.publish(ID, digest))).toBe("service.content_damaged");
      expect(await codeOf(stagedBytes(store, ID))).toBe("service.storage_unavailable");
      expect(await store.stat(store.locationOf(ID, digest))).toBeUndefined();
    });

    test("no crafted id, digest or location reaches the storage", async () => {
      const digest = digestOf(sampleBytes(3));
      const ids = [
        "",
        "..",
        "../../../../etc/passwd",
        "short",
        "A".repeat(32),
        `${ID}/x`,
        `${ID}\0`,
      ];
      for (const id of [...ids, "a".repeat(65), `${ID}.copy`, ` ${ID}`, `${ID}\n`]) {
        await expect(store.stage(id)).rejects.toBeInstanceOf(RangeError);
        await expect(store.stagedInfo(id)).rejects.toBeInstanceOf(RangeError);
        await expect(store.publish(id, digest)).rejects.toBeInstanceOf(RangeError);
        await expect(store.discard(id)).rejects.toBeInstanceOf(RangeError);
        expect(() => store.locationOf(id, digest)).toThrow(RangeError);
        await expect(Array.fromAsync(store.readStaged(id))).rejects.toBeInstanceOf(RangeError);
      }
      const good = store.locationOf(ID, digest);
      const hostile = [
        "",
        "/etc/passwd",
        `/${good}`,
        `../${good}`,
        `${good}/..`,
        `${good}\n`,
        `uploads/${ID}`,
        good.replace("/sha256/", "/sha512/"),
        good.replace(/sha256\/../, "sha256/.."),
        good.toUpperCase(),
        good.slice(0, -5),
        good.replace(/\/[0-9a-f]{2}\//, (shard) => (shard === "/00/" ? "/11/" : "/00/")),
      ];
      for (const location of hostile) {
        await expect(store.stat(location)).rejects.toBeInstanceOf(RangeError);
        await expect(store.open(location, 3)).rejects.toBeInstanceOf(RangeError);
        await expect(store.readAll(location, 3)).rejects.toBeInstanceOf(RangeError);
        await expect(store.remove(location)).rejects.toBeInstanceOf(RangeError);
      }
      for (const bad of ["sha256:../../../x", "md5:00", `${digest}0`, digest.toUpperCase()]) {
        expect(() => store.locationOf(ID, bad as Digest)).toThrow(RangeError);
      }
    });

    test("tells its capacity, and proves that it can be written to", async () => {
      const { total, free } = await store.capacity();
      expect(total).toBeGreaterThan(0);
      expect(free).toBeGreaterThan(0);
      expect(free).toBeLessThanOrEqual(total);
      await Promise.all([store.probe(), store.probe()]);
      expect(await Array.fromAsync(store.listStaged())).toEqual([]);
    });
  });
}
