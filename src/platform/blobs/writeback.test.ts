import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileLayer } from "./file-layer.ts";
import { nodeLayer } from "./node-layer.ts";
import { Writeback } from "./writeback.ts";

const MIB = 1024 * 1024;
const root = fs.mkdtempSync(join(tmpdir(), "entrepot-writeback-"));
const fd = fs.openSync(join(root, "file"), "w");
afterAll(() => {
  fs.closeSync(fd);
  fs.rmSync(root, { recursive: true });
});

/** A disk whose syncs end when they are told to. */
function held(most?: number, dirty: () => number | undefined = () => undefined) {
  const gate = Promise.withResolvers<void>();
  const layer: FileLayer = {
    ...nodeLayer,
    async datasync(file) {
      await gate.promise;
      await nodeLayer.datasync(file);
    },
  };
  return { gate, writeback: new Writeback(layer, most, dirty) };
}

test("a file is due at 32 MiB, in a crowd earlier, and one at a time", async () => {
  const { gate, writeback } = held();
  expect(writeback.isDue(32 * MIB - 1)).toBeFalse();
  expect(writeback.isDue(32 * MIB)).toBeTrue();
  writeback.count(129 * MIB);
  expect(writeback.isDue(8 * MIB - 1)).toBeFalse();
  expect(writeback.isDue(8 * MIB)).toBeTrue();
  const sync = writeback.sync(fd);
  expect(writeback.isDue(1024 * MIB)).toBeFalse();
  gate.resolve();
  await sync;
  expect(writeback.isDue(1024 * MIB)).toBeTrue();
});

test("writers wait for a disk that is too slow, and only while it works", async () => {
  const { gate, writeback } = held(10);
  writeback.count(11);
  expect(writeback.hold()).toBeUndefined();
  const sync = writeback.sync(fd);
  expect(writeback.hold()).toBeInstanceOf(Promise);
  writeback.count(-1);
  expect(writeback.hold()).toBeUndefined();
  writeback.count(1);
  const waiting = writeback.hold();
  gate.resolve();
  await Promise.all([sync, waiting]);
  expect(writeback.hold()).toBeUndefined();
});

test("writers do not wait for what the kernel has brought to the disk by itself", async () => {
  let dirty = 11;
  const { gate, writeback } = held(10, () => dirty);
  writeback.count(1_000);
  const sync = writeback.sync(fd);
  expect(writeback.hold()).toBeInstanceOf(Promise);
  dirty = 10;
  expect(writeback.hold()).toBeUndefined();
  gate.resolve();
  await sync;
});

test("a failed sync is told to its file and lets the others go on", async () => {
  const { gate, writeback } = held(0);
  writeback.count(1);
  const sync = writeback.sync(fd);
  const waiting = writeback.hold();
  gate.reject(new Error("EIO"));
  await expect(sync).rejects.toThrow("EIO");
  await waiting;
  expect(writeback.isDue(32 * MIB)).toBeTrue();
});
