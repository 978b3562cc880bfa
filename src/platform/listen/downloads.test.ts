import { expect, test } from "bun:test";
import { DownloadWatch } from "./downloads.ts";
import { socketKey } from "./kernel-sockets.ts";

const key = socketKey(5000, "127.0.0.1", 40_000);
const request = new Request("http://a/");

/** Sweeps a watched download through `queues` (undefined: the connection is gone) and gives what its timer was told. */
async function told(queues: readonly (number | undefined)[], floor: number): Promise<number[]> {
  const calls: number[] = [];
  const ended = Promise.withResolvers<void>();
  let sweep = 0;
  const watch = new DownloadWatch({ stall: 60_000, window: 1, floor }, 5, (ports) => {
    expect(ports).toEqual([5000]);
    if (sweep >= queues.length) ended.resolve();
    const unsent = queues[sweep++];
    return unsent === undefined ? [] : [{ key, unsent }];
  });
  const timer = { timeout: (_request: Request, seconds: number) => void calls.push(seconds) };
  watch.start({ timer, request, localPort: 5000, address: "127.0.0.1", port: 40_000 });
  const idle = setInterval(() => {
    if (watch.size === 0) ended.resolve();
  }, 5);
  await ended.promise;
  clearInterval(idle);
  return calls.slice(0, queues.length);
}

test("a reader whose queue moves, up or down, has its timer wound up", async () => {
  const queues = [9_000_000, 8_000_000, 9_500_000, 7_000_000];
  expect(await told(queues, 1_000)).toEqual([255, 255, 255, 255]);
});

test("a reader whose queue stands still is given a second, and is watched no more", async () => {
  expect(await told([9_000_000, 9_000_000, 8_000_000], 1_000)).toEqual([255, 1]);
});

test("a queue that is empty once is a slow source; twice is the end", async () => {
  expect(await told([0, 9_000_000, 0, 0, 9_000_000], 1_000)).toEqual([255, 255, 255]);
});

test("a connection that is gone is forgotten", async () => {
  expect(await told([undefined, undefined, 5], 1_000)).toEqual([255]);
});

test("where the system does not tell, the runtime's own timeout stands", async () => {
  const watch = new DownloadWatch({ stall: 1, window: 1, floor: 1 }, 5, () => undefined);
  const timer = { timeout: () => {} };
  watch.start({ timer, request, localPort: 5000, address: "::1", port: 1 });
  expect(watch.size).toBe(1);
  while (watch.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

test("bodies that are through within the idle timeout at the slowest pace need no watch", () => {
  const watch = new DownloadWatch({ stall: 1, window: 1, floor: 1_000 }, 5, () => undefined);
  expect([254_999, 255_000, 255_001].map((bytes) => watch.isLarge(bytes))).toEqual([
    false,
    false,
    true,
  ]);
});
