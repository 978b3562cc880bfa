import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Handler } from "./handler.ts";
import { Harness, urlOf } from "./testing/harness.ts";
import { RawClient } from "./testing/raw-client.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const upload: Handler = async (request, connection) => {
  const watch = connection.watchUpload();
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    watch.progress(chunk.length);
  }
  return new Response(String(bytes));
};

function put(length: number): string {
  return `PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;
}

test("a slow writer that goes on is not cut", async () => {
  await using harness = new Harness();
  const limits = { upload: { stall: 1_000, window: 400, floor: 500 }, uploadSweep: 20 };
  const listening = await harness.start(upload, { limits });
  const client = await RawClient.open(urlOf(listening));
  client.send(put(2_000));
  for (let sent = 0; sent < 2_000; sent += 100) {
    client.send(Buffer.alloc(100));
    await pause(50);
    if (sent < 1_900) expect(listening.runningUploads).toBe(1);
  }
  await client.until(({ received }) => received.endsWith("2000"));
  expect(listening.runningUploads).toBe(0);
  client.end();
});

test.each([
  ["stalls", { stall: 200, window: 60_000, floor: 1 }, 0],
  ["is below the floor", { stall: 60_000, window: 300, floor: 10_000 }, 20],
])(
  "a writer that %s is cut, others stay",
  async (_name, limits, every) => {
    await using harness = new Harness();
    const listening = await harness.start(upload, { limits: { upload: limits, uploadSweep: 20 } });
    const slow = await RawClient.open(urlOf(listening));
    const other = await RawClient.open(urlOf(listening));
    slow.send(put(1_000_000));
    slow.send(Buffer.alloc(1_000));
    const dripping = every > 0 ? setInterval(() => slow.send(Buffer.alloc(10)), every) : undefined;
    await slow.untilClosed();
    clearInterval(dripping);
    expect(slow.received).toBe("");
    expect(await other.ask(`${put(4)}abcd`)).toEndWith("4");
    expect(other.closed).toBe(false);
    expect(listening.runningUploads).toBe(0);
    other.end();
  },
  15_000,
);

test("after an upload the idle connection is given back its timeout", async () => {
  await using harness = new Harness();
  const calls: number[] = [];
  const limits = { upload: { stall: 60_000, window: 60_000, floor: 1 } };
  const { UploadWatch } = await import("./uploads.ts");
  const watch = new UploadWatch(limits.upload, 1_000);
  const timer = { timeout: (_request: Request, seconds: number) => void calls.push(seconds) };
  const running = watch.start(timer, new Request("http://a/"));
  running.done();
  running.done();
  expect(calls).toEqual([0, 255]);
  expect(watch.size).toBe(0);
  expect(harness.faults).toEqual([]);
});

/** Reads at most `pace` bytes a second until `enough` has come, then as fast as it can to the end. */
async function readSlowly(client: RawClient, pace: number, enough: number): Promise<void> {
  client.socket.on("data", (chunk) => {
    if (client.bytes > enough) return;
    client.socket.pause();
    setTimeout(() => client.socket.resume(), (chunk.length / pace) * 1_000);
  });
  await client.until(({ bytes }) => bytes > enough);
}

test("a slow reader of a large file is watched until it has read it all", async () => {
  await using harness = new Harness();
  const path = join(harness.folder, "blob");
  const size = 16 << 20;
  writeFileSync(path, Buffer.alloc(size, 65));
  const limits = { download: { stall: 2_000, window: 500, floor: 200_000 }, downloadSweep: 50 };
  const listening = await harness.start(
    (_request, connection) => {
      connection.watchDownload(size * 100);
      return new Response(Bun.file(path));
    },
    { limits },
  );
  const client = await RawClient.open(urlOf(listening));
  client.send(GET);
  await readSlowly(client, 1_000_000, 3_000_000);
  await client.until(({ bytes }) => bytes > size);
  expect(client.error).toBe("");
  client.end();
}, 20_000);

test("a reader that stops reading is cut, others stay", async () => {
  await using harness = new Harness();
  const path = join(harness.folder, "blob");
  const size = 32 << 20;
  writeFileSync(path, Buffer.alloc(size, 65));
  const limits = { download: { stall: 300, window: 300, floor: 10 }, downloadSweep: 50 };
  const gone = Promise.withResolvers<void>();
  const listening = await harness.start(
    (request, connection) => {
      request.signal.addEventListener("abort", () => gone.resolve());
      connection.watchDownload(size);
      return new Response(Bun.file(path));
    },
    { limits },
  );
  const [stuck, other] = [
    await RawClient.open(urlOf(listening)),
    await RawClient.open(urlOf(listening)),
  ];
  stuck.socket.pause();
  stuck.send(GET);
  await gone.promise;
  other.send(GET);
  await other.until(({ bytes }) => bytes > size);
  other.end();
  stuck.end();
}, 20_000);
