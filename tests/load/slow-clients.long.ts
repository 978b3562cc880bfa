// Minutes long, so not among the tests that run by themselves: `bun test ./tests/load/slow-clients.long.ts`.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { listen } from "../../src/platform/listen/listen.ts";

const PACE = 5_000;
const BLOB = 2_000_000;
// More than the kernel buffers of both ends hold, so that the server itself has to wait for the reader.
const LARGE = 24_000_000;
// Longer than the runtime's idle timeout of 255 s.
const SLOW_SECONDS = 420;
const LIMIT = 560_000;

const folder = mkdtempSync(join(tmpdir(), "entrepot-slow-"));
const blobs = new Map(
  [BLOB, LARGE].map((size) => {
    const path = join(folder, String(size));
    writeFileSync(path, Buffer.alloc(size, 65));
    return [`/${size}`, { path, size }];
  }),
);

const listening = await listen(
  { addresses: ["127.0.0.1:0"], trustedProxies: [], maxConnections: 1_000 },
  async (request, connection) => {
    if (request.method === "GET") {
      const blob = blobs.get(connection.path);
      if (blob === undefined) return new Response(null, { status: 404 });
      connection.watchDownload(blob.size);
      return new Response(Bun.file(blob.path));
    }
    const watch = connection.watchUpload();
    let bytes = 0;
    for await (const chunk of request.body ?? []) {
      bytes += chunk.length;
      watch.progress(chunk.length);
    }
    return new Response(`got ${bytes}`);
  },
  {
    fault: (error) => console.error(error),
    certificate: () => {},
  },
);
const port = Number(new URL(listening.urls[0]!).port);

/** Reads at `PACE` for at most `seconds`, the rest at full speed; resolves with the bytes of the body. */
function readSlowly(size: number, seconds: number): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const until = performance.now() + seconds * 1_000;
    let [bytes, head] = [0, -1];
    socket.on("data", (chunk) => {
      if (head < 0) head = chunk.indexOf("\r\n\r\n") + 4;
      bytes += chunk.length;
      if (bytes - head >= size) return void socket.end();
      const left = until - performance.now();
      if (left <= 0) return;
      socket.pause();
      setTimeout(() => socket.resume(), Math.min(left, (chunk.length / PACE) * 1_000));
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve(bytes - head));
    socket.write(`GET /${size} HTTP/1.1\r\nHost: a\r\n\r\n`);
  });
}

async function writeSlowly(size: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    answer += chunk;
    if (answer.includes("got ")) socket.destroy();
  });
  socket.write(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  for (let sent = 0; sent < size && !socket.destroyed; sent += PACE / 5) {
    socket.write(Buffer.alloc(PACE / 5));
    await pause(200);
  }
  await closed;
  return answer.split("\r\n\r\n")[1] ?? "";
}

test.concurrent(
  "a reader at 5 kB/s finishes a blob of 2 MB",
  async () => {
    expect(await readSlowly(BLOB, 1_000)).toBe(BLOB);
  },
  LIMIT,
);

test.concurrent(
  "a reader at 5 kB/s is not cut when the server has to wait for it longer than the idle timeout",
  async () => {
    expect(await readSlowly(LARGE, SLOW_SECONDS)).toBe(LARGE);
  },
  LIMIT,
);

test.concurrent(
  "a writer at 5 kB/s finishes a blob of 2 MB, and the listener then stops",
  async () => {
    expect(await writeSlowly(BLOB)).toBe(`got ${BLOB}`);
    expect(listening.runningUploads).toBe(0);
  },
  LIMIT,
);

test.concurrent(
  "other clients are answered meanwhile",
  async () => {
    for (let round = 0; round < 100; round++) {
      const answer = await fetch(`http://127.0.0.1:${port}/none`);
      expect(answer.status).toBe(404);
      await pause(1_000);
    }
  },
  LIMIT,
);

afterAll(async () => {
  await listening.drain(1_000);
  rmSync(folder, { recursive: true, force: true });
});
