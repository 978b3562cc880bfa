import { expect, test } from "bun:test";
import { MemoryBlobs } from "./memory.ts";
import { blobStoreSuite, codeOf, digestOf, sampleBytes, stageBytes } from "./suite.ts";

blobStoreSuite("blobs in memory", async () => {
  const store = new MemoryBlobs();
  return {
    open: async () => store,
    damage: async (location, keep) => {
      const bytes = await store.readAll(location, (await store.stat(location))?.size ?? 0);
      await store.remove(location);
      if (keep === "missing") return;
      const id = location.slice(location.lastIndexOf(".") + 1);
      const digest = `sha256:${location.split("/")[3]?.split(".")[0]}`;
      await stageBytes(store, id, bytes.subarray(0, keep));
      await store.publish(id, digest as ReturnType<typeof digestOf>);
    },
    destroy: async () => undefined,
  };
});

test("a full memory store says so and takes bytes again once there is room", async () => {
  const store = new MemoryBlobs({ capacity: 100 });
  const bytes = sampleBytes(80);
  await stageBytes(store, "0123456789abcdef", bytes);
  const { location } = await store.publish("0123456789abcdef", digestOf(bytes));
  expect(await store.capacity()).toEqual({ total: 100, free: 20 });
  const more = stageBytes(store, "fedcba9876543210", sampleBytes(21));
  expect(await codeOf(more)).toBe("service.storage_full");
  await store.discard("0123456789abcdef");
  await store.remove(location);
  await stageBytes(store, "fedcba9876543210", sampleBytes(21));
  expect((await store.capacity()).free).toBe(79);
});
