import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type Fault, FaultyLayer } from "./faulty-layer.ts";
import type { FileLayer } from "./file-layer.ts";
import { openFilesystemBlobs } from "./filesystem.ts";
import { nodeLayer } from "./node-layer.ts";
import { codeOf, digestOf, sampleBytes } from "./suite.ts";

const root = fs.mkdtempSync(join(tmpdir(), "entrepot-staged-"));
afterAll(() => fs.rmSync(root, { recursive: true }));

let uploads = 0;
const nextId = () => `staged0000000000${uploads++}`;
const sample = sampleBytes(1_000_000);

type Step =
  | { do: "write"; size: number }
  | { do: "truncate"; to: number }
  | { do: "flush" }
  | { do: "reopen" };

const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant("write"), size: fc.nat(300_000) }) },
    { weight: 8, arbitrary: fc.record({ do: fc.constant("write"), size: fc.nat(40) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("truncate"),
        to: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ do: "flush" }) },
    { weight: 1, arbitrary: fc.constant({ do: "reopen" }) },
  ) as fc.Arbitrary<Step>,
  { maxLength: 40 },
);

/** Runs the steps against a store and against plain bytes. */
async function compare(run: Step[], shorts: number[], crowd: number): Promise<void> {
  const faults = shorts.map((at): Fault => ({ call: "write", at, fault: "short" }));
  const store = await openFilesystemBlobs({ root, layer: new FaultyLayer(nodeLayer, faults) });
  const others = await Promise.all(Array.from({ length: crowd }, () => store.stage(nextId())));
  const id = nextId();
  let model: Uint8Array = new Uint8Array();
  let writer = await store.stage(id);
  for (const step of run) {
    if (step.do === "write") {
      const from = model.length % 500_000;
      const chunk = sample.slice(from, from + step.size);
      await writer.write(chunk.slice());
      model = Buffer.concat([model, chunk]);
    } else if (step.do === "truncate") {
      const to = Math.floor(step.to * model.length);
      await writer.truncate(to);
      model = model.subarray(0, to);
    } else if (step.do === "flush") {
      await writer.flush();
      expect((await store.stagedInfo(id))?.size).toBe(model.length);
    } else {
      await writer.close();
      writer = await store.stage(id);
    }
    expect(writer.size).toBe(model.length);
  }
  await writer.close();
  for (const other of others) await other.close();
  const stored = Buffer.concat(await Array.fromAsync(store.readStaged(id)));
  expect(digestOf(stored)).toBe(digestOf(model));
  await store.discard(id);
}

test("any order of writes, cuts and reopenings gives the bytes of the model, short writes or not, in a crowd or alone", async () => {
  const shorts = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 6 });
  await fc.assert(fc.asyncProperty(steps, shorts, fc.constantFrom(0, 5), compare), { numRuns: 80 });
});

test("a slow disk holds the writer back, with a bounded number of bytes in memory", async () => {
  const gate = Promise.withResolvers<void>();
  let onDisk = 0;
  const layer: FileLayer = {
    ...nodeLayer,
    async write(fd, pieces, position, atOnce) {
      await gate.promise;
      const count = await nodeLayer.write(fd, pieces, position, atOnce);
      onDisk += count;
      return count;
    },
  };
  const store = await openFilesystemBlobs({ root, layer });
  const writer = await store.stage(nextId());
  let accepted = 0;
  let blocked: Promise<void> | undefined;
  while (!blocked && accepted < 100 * 65_536) {
    blocked = writer.write(sample.slice(0, 65_536)) ?? undefined;
    accepted += 65_536;
  }
  expect(accepted).toBeLessThanOrEqual(2 * 1024 * 1024);
  expect(onDisk).toBe(0);
  gate.resolve();
  await blocked;
  await writer.close();
  expect(onDisk).toBe(accepted);
});

test("after a failed write every call says so, and what the file has is the upload", async () => {
  const layer = new FaultyLayer(nodeLayer, [{ call: "write", at: 3, fault: "EIO" }]);
  const store = await openFilesystemBlobs({ root, layer });
  const id = nextId();
  const writer = await store.stage(id);
  const all = async () => {
    for (let at = 0; at < 10; at++) await writer.write(sampleBytes(1_048_576));
  };
  expect(await codeOf(all())).toBe("service.storage_unavailable");
  expect(await codeOf(writer.flush())).toBe("service.storage_unavailable");
  expect(await codeOf(writer.truncate(0))).toBe("service.storage_unavailable");
  expect(await codeOf(writer.close())).toBe("service.storage_unavailable");
  expect(await store.stagedInfo(id)).toEqual({ size: 2 * 1_048_576, published: false });
  const again = await store.stage(id);
  expect(again.size).toBe(2 * 1_048_576);
  await again.close();
});

test("short reads are read on", async () => {
  const faults = [1, 2, 4].map((at): Fault => ({ call: "read", at, fault: "short" }));
  const store = await openFilesystemBlobs({ root, layer: new FaultyLayer(nodeLayer, faults) });
  const id = nextId();
  const writer = await store.stage(id);
  await writer.write(sample.slice());
  await writer.close();
  const staged = Buffer.concat(await Array.fromAsync(store.readStaged(id)));
  expect(digestOf(staged)).toBe(digestOf(sample));
  const fresh = await openFilesystemBlobs({ root, layer: new FaultyLayer(nodeLayer, faults) });
  const { location, size } = await fresh.publish(id, digestOf(sample));
  expect(digestOf(await fresh.readAll(location, size))).toBe(digestOf(sample));
});

test("every file is closed again, whatever happens", async () => {
  const count = () => fs.readdirSync("/dev/fd").length;
  const before = count();
  for (const at of Array.from({ length: 30 }, (_, index) => index + 1)) {
    const layer = new FaultyLayer(nodeLayer, [{ call: "any", at, fault: "EIO" }]);
    const push = async () => {
      const store = await openFilesystemBlobs({ root, layer });
      const id = nextId();
      const writer = await store.stage(id);
      try {
        await writer.write(sample.slice(0, 1000));
      } finally {
        await writer.close();
      }
      const { location } = await store.publish(id, digestOf(sample.subarray(0, 1000)));
      await store.readAll(location, 1000);
      for await (const _ of store.readStaged(id)) break;
    };
    await push().catch(() => undefined);
  }
  expect(count()).toBe(before);
});

test("a file is not closed under a sync that still runs", async () => {
  const gate = Promise.withResolvers<void>();
  let isClosed = false;
  const layer: FileLayer = {
    ...nodeLayer,
    async datasync(fd) {
      await gate.promise;
      await nodeLayer.datasync(fd);
    },
    close(fd) {
      isClosed = true;
      return nodeLayer.close(fd);
    },
  };
  const store = await openFilesystemBlobs({ root, layer });
  const id = nextId();
  const writer = await store.stage(id);
  for (let at = 0; at < 33; at++) await writer.write(new Uint8Array(1024 * 1024));
  await writer.flush();
  isClosed = false;
  const closing = writer.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(isClosed).toBeFalse();
  gate.resolve();
  await closing;
  expect(isClosed).toBeTrue();
  await store.discard(id);
});

test("the memory of written chunks is given back at once, that of views into others is not", async () => {
  const store = await openFilesystemBlobs({ root });
  const writer = await store.stage(nextId());
  const own = sample.slice(0, 300_000);
  const shared = sample.slice(0, 400_000);
  await writer.write(own);
  await writer.write(shared.subarray(0, 300_000));
  await writer.flush();
  expect(own.buffer.byteLength).toBe(0);
  expect(shared.byteLength).toBe(400_000);
  await writer.close();
});
