import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import { selfSigned } from "../platform/listen/testing/self-signed.ts";
import { parseAddress, type TrustChoice } from "./address.ts";
import { collector, type LaneRequest } from "./lane.ts";
import { openLane } from "./open-lane.ts";

const { cert, key } = selfSigned("localhost");
const stranger = selfSigned("localhost");
let server: Http2SecureServer;
let port = 0;

/** Answers with the version, the method, the target and what came in. */
beforeAll(async () => {
  server = createSecureServer({ cert, key, allowHTTP1: true }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const size = Buffer.concat(chunks).byteLength;
    response.setHeader("X-Seen", `${request.httpVersion} ${request.method} ${request.url} ${size}`);
    if (request.method === "HEAD") response.end();
    else response.end(Buffer.alloc(300_000, "x"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});

afterAll(() => {
  server.close();
});

async function exchange(version: "1.1" | "2", trust: TrustChoice, request: LaneRequest) {
  const lane = openLane(parseAddress(`https://127.0.0.1:${port}`, trust), version);
  try {
    return await lane.exchange(request);
  } finally {
    lane.close();
  }
}

describe.each([
  ["1.1", "1.1"],
  ["2", "2.0"],
] as const)("HTTP/%s over TLS", (version, seen) => {
  test("reads an answer, its header and its body", async () => {
    const body = collector(1_000_000);
    const request = { method: "GET", target: "/v2/?n=1", sink: body.sink };
    const answer = await exchange(version, { ca: cert }, request);
    expect(answer.status).toBe(200);
    expect(answer.header("x-seen")).toBe(`${seen} GET /v2/?n=1 0`);
    expect(answer.bodyLength).toBe(300_000);
    expect(body.bytes().equals(Buffer.alloc(300_000, "x"))).toBe(true);
  });

  test("sends a body in parts", async () => {
    const body = [new Uint8Array(2_000_000), new Uint8Array(5)];
    const answer = await exchange(version, { ca: cert }, { method: "PUT", target: "/p", body });
    expect(answer.header("x-seen")).toBe(`${seen} PUT /p 2000005`);
  });

  test("HEAD has no body", async () => {
    const answer = await exchange(version, { ca: cert }, { method: "HEAD", target: "/h" });
    expect(answer.bodyLength).toBe(0);
    expect(answer.header("x-seen")).toBe(`${seen} HEAD /h 0`);
  });

  test("a certificate that nobody vouches for is refused, unless that is asked for", async () => {
    const request = { method: "GET", target: "/" };
    await expect(exchange(version, {}, request)).rejects.toThrow();
    await expect(exchange(version, { ca: stranger.cert }, request)).rejects.toThrow();
    expect((await exchange(version, { insecure: true }, request)).status).toBe(200);
  });
});

test("HTTP/2 without TLS is not spoken", () => {
  expect(() => openLane(parseAddress("http://localhost:1"), "2")).toThrow("https");
});
