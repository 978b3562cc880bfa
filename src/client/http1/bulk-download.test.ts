import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { parseAddress } from "../address.ts";
import { WireFault } from "../wire-fault.ts";
import { bulkDownload, canDownloadInBulk } from "./bulk-download.ts";

/** Below the low-water mark that the tests ask for, so that it comes alone. */
const TAIL = 100_000;
const FRONT = 3_000_000;
const UNIT = 256 * 1024;

/** Runs in a thread of its own, because the bulk reader holds up the one that it runs in. */
const SERVER = `
import { createServer } from "node:http";
const body = Buffer.alloc(${FRONT + TAIL}, "0123456789abcdef");
const server = createServer((request, response) => {
  if (request.url === "/cut") {
    response.writeHead(200, { "Content-Length": body.byteLength });
    response.write(body.subarray(0, 1000));
    setTimeout(() => request.socket.destroy(), 20);
    return;
  }
  if (request.url !== "/chunked") response.writeHead(200, { "Content-Length": body.byteLength });
  response.write(body.subarray(0, ${FRONT}), () => {
    setTimeout(() => response.end(body.subarray(${FRONT})), 20);
  });
});
// Else it closes the connection by itself, and that would wake a reader that waits for too much.
server.keepAliveTimeout = 0;
server.listen(0, "::", () => postMessage(server.address().port));
`;
const EXPECTED = createHash("sha256")
  .update(Buffer.alloc(FRONT + TAIL, "0123456789abcdef"))
  .digest("hex");

let worker: Worker;
let port = 0;

beforeAll(async () => {
  worker = new Worker(URL.createObjectURL(new Blob([SERVER], { type: "application/typescript" })));
  port = await new Promise<number>((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
});

afterAll(() => worker.terminate());

test.each([
  ["localhost", "/length", UNIT, 1],
  ["127.0.0.1", "/length", UNIT, 4],
  ["[::1]", "/length", 1, 1],
  ["[::1]", "/chunked", UNIT, 2],
])("%s%s, %d bytes at a time, over %d connections", async (host, target, lowWater, connections) => {
  const hashes = Array.from({ length: connections }, () => createHash("sha256"));
  const requests = hashes.map((hash) => ({
    method: "GET",
    target,
    sink: (chunk: Uint8Array) => {
      hash.update(chunk);
    },
  }));
  const answers = await bulkDownload(parseAddress(`http://${host}:${port}`), requests, {
    lowWater,
  });
  for (const answer of answers) expect(answer).toEqual({ status: 200, bodyLength: FRONT + TAIL });
  expect(hashes.map((hash) => hash.digest("hex"))).toEqual(hashes.map(() => EXPECTED));
});

test("an answer that is cut is a fault", async () => {
  const requests = [{ method: "GET", target: "/cut" }];
  const reading = bulkDownload(parseAddress(`http://localhost:${port}`), requests, {
    lowWater: UNIT,
  });
  await expect(reading).rejects.toThrow(WireFault);
});

test("nobody listens: the fault says where", async () => {
  const reading = bulkDownload(
    parseAddress("http://127.0.0.1:1"),
    [{ method: "GET", target: "/" }],
    {
      lowWater: UNIT,
    },
  );
  await expect(reading).rejects.toThrow("http://127.0.0.1:1");
});

test("TLS is not read in bulk", () => {
  expect(canDownloadInBulk(parseAddress("https://localhost"))).toBe(false);
  expect(canDownloadInBulk(parseAddress("http://localhost"))).toBe(true);
});
