import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { DirectorySync } from "./directory-sync.ts";
import type { FileLayer } from "./file-layer.ts";
import { nodeLayer } from "./node-layer.ts";
import { codeOf } from "./suite.ts";

/** Real syncs that end when they are told to. */
function held() {
  const gates: PromiseWithResolvers<void>[] = [];
  const started: PromiseWithResolvers<void>[] = [Promise.withResolvers(), Promise.withResolvers()];
  const layer: FileLayer = {
    ...nodeLayer,
    async sync(fd) {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      started[gates.length - 1]?.resolve();
      await gate.promise;
      await nodeLayer.sync(fd);
    },
  };
  return { gates, started, sync: new DirectorySync(layer) };
}

test("a running sync covers nobody who came after its start; those share the next", async () => {
  const { gates, started, sync } = held();
  const order: string[] = [];
  const first = sync.sync(tmpdir()).then(() => order.push("first"));
  await started[0]?.promise;
  const late = [1, 2, 3].map((at) => sync.sync(tmpdir()).then(() => order.push(`late ${at}`)));
  gates[0]?.resolve();
  await first;
  await started[1]?.promise;
  expect(order).toEqual(["first"]);
  gates[1]?.resolve();
  await Promise.all(late);
  expect(order).toEqual(["first", "late 1", "late 2", "late 3"]);
  expect(gates.length).toBe(2);
});

test("a failed sync fails those it was to cover, and nobody else", async () => {
  const { gates, started, sync } = held();
  const first = sync.sync(tmpdir());
  await started[0]?.promise;
  const second = sync.sync(tmpdir());
  const third = sync.sync(tmpdir());
  gates[0]?.reject(new Error("EIO"));
  await expect(first).rejects.toThrow("EIO");
  await started[1]?.promise;
  gates[1]?.resolve();
  expect(await codeOf(Promise.all([second, third]))).toBe("no failure");
  expect(gates.length).toBe(2);
});

test("folders do not wait for one another", async () => {
  const { gates, started, sync } = held();
  const first = sync.sync(tmpdir());
  const other = sync.sync("/");
  await started[1]?.promise;
  gates[1]?.resolve();
  await other;
  gates[0]?.resolve();
  await first;
});
