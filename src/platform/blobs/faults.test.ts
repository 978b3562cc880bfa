import { describe, expect, test } from "bun:test";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../kernel/errors/catalogue.ts";
import { type Fault, FaultyLayer } from "./faulty-layer.ts";
import type { FileLayer } from "./file-layer.ts";
import { openFilesystemBlobs } from "./filesystem.ts";
import { nodeLayer } from "./node-layer.ts";
import { PowerCutLayer } from "./power-cut.ts";
import { digestOf, sampleBytes, stageBytes } from "./suite.ts";

const ID = "0123456789abcdefghjk";
const bytes = sampleBytes(700_000);
const digest = digestOf(bytes);

/** A whole push; resolves with the location only if publishing said that it is done. */
async function push(root: string, layer: FileLayer): Promise<string> {
  const store = await openFilesystemBlobs({ root, layer });
  await stageBytes(store, ID, bytes, 100_000);
  const { location } = await store.publish(ID, digest);
  // What comes after does not take back that it is done.
  await store.discard(ID).catch(() => undefined);
  return location;
}

/** A push cut in two by a restart, whose second half begins by cutting what came too much. */
async function resumedPush(root: string, layer: FileLayer): Promise<string> {
  const first = await openFilesystemBlobs({ root, layer });
  await stageBytes(first, ID, bytes.subarray(0, 400_000), 100_000);
  const second = await openFilesystemBlobs({ root, layer });
  const writer = await second.stage(ID);
  try {
    await writer.truncate(300_000);
    await writer.write(bytes.slice(300_000));
  } finally {
    await writer.close();
  }
  return (await second.publish(ID, digest)).location;
}

async function inRoot<T>(use: (root: string) => Promise<T>): Promise<T> {
  const root = await fs.mkdtemp(join(tmpdir(), "entrepot-faults-"));
  try {
    return await use(root);
  } finally {
    await fs.rm(root, { recursive: true, force: true });
  }
}

/** Everything with a final name must be what its name says, acknowledged or not. */
async function assertWhole(root: string): Promise<void> {
  const names = await fs.readdir(join(root, "blobs"), { recursive: true }).catch(() => []);
  for (const name of names.filter((it) => it.includes("."))) {
    const hex = name.split("/")[2]?.split(".")[0];
    expect(digestOf(await fs.readFile(join(root, "blobs", name)))).toBe(`sha256:${hex}` as never);
  }
}

/** A healthy store opened afterwards has what was acknowledged, and takes a new push at once. */
async function assertHealthy(root: string, location: string | undefined): Promise<void> {
  const store = await openFilesystemBlobs({ root });
  if (location !== undefined) {
    expect(digestOf(await store.readAll(location, bytes.length))).toBe(digest);
    return;
  }
  const writer = await store.stage(ID);
  await writer.truncate(0);
  await writer.write(bytes.slice());
  await writer.close();
  const again = await store.publish(ID, digest);
  expect(digestOf(await store.readAll(again.location, bytes.length))).toBe(digest);
}

/** Runs a push whose calls fail as told; `undefined` where it was not acknowledged. */
async function attempt(run: typeof push, root: string, layer: FileLayer) {
  try {
    return await run(root, layer);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    if (error instanceof Failure) expect([503, 507]).toContain(error.status);
    return undefined;
  }
}

async function callsOf(run: typeof push, ...always: Fault[]): Promise<number> {
  return inRoot(async (root) => {
    const layer = new FaultyLayer(nodeLayer, always);
    await run(root, layer);
    return layer.log.length;
  });
}

const pushes: [string, typeof push, Fault[]][] = [
  ["a push", push, []],
  ["a resumed push", resumedPush, []],
  ["a push without links", push, [{ call: "link", at: 1, fault: "EPERM" }]],
];

for (const [name, run, always] of pushes) {
  describe(`the Nth call of ${name} fails`, () => {
    for (const fault of ["EIO", "ENOSPC", "EINTR", "short", "crash"]) {
      test(`with ${fault}`, async () => {
        const calls = await callsOf(run, ...always);
        expect(calls).toBeGreaterThan(20);
        let acknowledged = 0;
        for (let at = 1; at <= calls; at++) {
          await inRoot(async (root) => {
            const layer = new FaultyLayer(nodeLayer, [{ call: "any", at, fault }, ...always]);
            const location = await attempt(run, root, layer);
            if (location !== undefined) acknowledged++;
            await assertWhole(root);
            await assertHealthy(root, location);
          });
        }
        if (fault === "short") expect(acknowledged).toBe(calls);
        else expect(acknowledged).toBeLessThan(calls);
      });
    }
  });

  describe(`the power goes at the Nth call of ${name}`, () => {
    for (const names of ["kept", "lost"] as const) {
      test(`and names that were not synced are ${names}`, async () => {
        const calls = await callsOf(run, ...always);
        for (let at = 1; at <= calls + 1; at++) {
          await inRoot(async (root) => {
            const disk = new PowerCutLayer(nodeLayer);
            const layer = new FaultyLayer(disk.layer, [
              { call: "any", at, fault: "crash" },
              ...always,
            ]);
            const location = await attempt(run, root, layer);
            disk.cut(names);
            await assertWhole(root);
            await assertHealthy(root, location);
          });
        }
      });
    }
  });
}
