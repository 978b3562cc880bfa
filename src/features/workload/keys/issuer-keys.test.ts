import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { HOUR, ManualClock, MINUTE, SECOND } from "../../../kernel/clock.ts";
import { openOutbound } from "../../../platform/outbound/outbound.ts";
import { IssuerKeys } from "./issuer-keys.ts";

/** A place with keys whose answers a test decides. */
class Place {
  keys: JWK[] = [];
  asked: string[] = [];
  status = 200;
  headers: Record<string, string> = {};
  /** What discovery says instead of the truth. */
  discovery: Record<string, unknown> | undefined;
  raw: string | undefined;
  hold: Promise<void> | undefined;
  #server: Server | undefined;
  issuer = "";

  async start(): Promise<this> {
    const server = createServer(async (request, response) => {
      this.asked.push(request.url ?? "");
      await this.hold;
      const found = this.discovery ?? { issuer: this.issuer, jwks_uri: `${this.issuer}/jwks` };
      const answer = request.url === "/jwks" ? { keys: this.keys } : found;
      response.writeHead(this.status, this.headers).end(this.raw ?? JSON.stringify(answer));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return this;
  }

  async add(kid: string, more: Partial<JWK> = {}): Promise<void> {
    const { publicKey } = await generateKeyPair("ES256");
    this.keys.push({ ...(await exportJWK(publicKey)), kid, ...more });
  }

  async stop(): Promise<void> {
    await new Promise((done) => {
      this.#server?.close(done);
      this.#server?.closeAllConnections();
    });
  }
}

let place: Place;
let clock: ManualClock;
let keys: IssuerKeys;
let faults: unknown[];
const discovery = "/.well-known/openid-configuration";

beforeEach(async () => {
  place = await new Place().start();
  await place.add("one");
  clock = new ManualClock(1_000_000_000_000);
  faults = [];
  keys = open(["127.0.0.1"]);
});

afterEach(() => place.stop());

function open(allow: readonly string[], timeout = 5_000): IssuerKeys {
  const outbound = openOutbound({ allow });
  // Shorter than in earnest: failures inside are held back until the time is over. Long enough for a
  // machine that is busy with other tests.
  const read: typeof outbound.read = (url, options, use) =>
    outbound.read(url, { ...options, timeout: Math.min(timeout, 600) }, use);
  return new IssuerKeys({ outbound: { read }, clock, onFault: (_, error) => faults.push(error) });
}

function find(kid: string, alg: "ES256" | "RS256" = "ES256", jwksUrl: string | null = null) {
  return keys.find({ issuer: place.issuer, jwksUrl }, "project", { kid, alg });
}

describe("keys", () => {
  test("are found by discovery, once for as long as they may be kept", async () => {
    expect(await find("one")).toHaveLength(1);
    clock.advance(HOUR - 1);
    expect(await find("one")).toHaveLength(1);
    expect(place.asked).toEqual([discovery, "/jwks"]);
    clock.advance(1);
    expect(await find("one")).toHaveLength(1);
    expect(place.asked).toHaveLength(4);
  });

  test("are found where the rule says, without discovery", async () => {
    expect(await find("one", "ES256", `${place.issuer}/jwks`)).toHaveLength(1);
    expect(place.asked).toEqual(["/jwks"]);
  });

  test("are kept for as long as the issuer says, within bounds", async () => {
    place.headers = { "cache-control": "public, max-age=7200, must-revalidate" };
    await find("one");
    clock.advance(2 * HOUR - 1);
    await find("one");
    expect(place.asked).toHaveLength(2);
    place.headers = { "cache-control": "max-age=0" };
    clock.advance(1);
    await find("one");
    clock.advance(5 * MINUTE - 1);
    await find("one");
    expect(place.asked).toHaveLength(4);
  });

  test("are asked for by one, however many wait", async () => {
    let release = () => {};
    place.hold = new Promise((done) => {
      release = done;
    });
    const all = Promise.all(Array.from({ length: 50 }, () => find("one")));
    release();
    expect((await all).every((found) => found.length === 1)).toBe(true);
    expect(place.asked).toEqual([discovery, "/jwks"]);
  });

  test("that are new are seen after a minute at most, and strangers cannot ask more often", async () => {
    await find("one");
    await place.add("two");
    for (let at = 0; at < 20; at++) expect(await find(`stranger-${at}`)).toBe("unknown");
    expect(await find("two")).toBe("unknown");
    expect(place.asked).toHaveLength(2);
    clock.advance(MINUTE);
    expect(await find("two")).toHaveLength(1);
    expect(await find("stranger")).toBe("unknown");
    expect(place.asked).toHaveLength(4);
  });

  test("that were taken away count no more", async () => {
    await find("one");
    place.keys = [];
    await place.add("two");
    clock.advance(HOUR);
    expect(await find("one")).toBe("unknown");
  });

  test("of another algorithm are none", async () => {
    expect(await find("one", "RS256")).toBe("unknown");
  });

  test.each([
    ["for encryption", { use: "enc" }],
    ["for X.509", { use: "x509-svid" }],
    ["for another algorithm", { alg: "ES512" }],
    ["for a password", { kty: "oct", k: "AAAA" }],
    ["on a curve that is not taken", { crv: "P-521" }],
    ["without a place on the curve", { y: undefined }],
    ["of RSA that is too short", { kty: "RSA", n: "x".repeat(171), e: "AQAB" }],
    ["of RSA that is too long", { kty: "RSA", n: "x".repeat(2_000), e: "AQAB" }],
  ])("%s are left out", async (_, more) => {
    place.keys = [];
    await place.add("odd", more as Partial<JWK>);
    expect(await find("odd")).toBe("unknown");
  });

  test("of a SPIFFE bundle count", async () => {
    await place.add("svid", { use: "jwt-svid" });
    expect(await find("svid")).toHaveLength(1);
  });
});

describe("an issuer that cannot be used", () => {
  test.each([
    ["of another name", { discovery: { issuer: "https://other.example", jwks_uri: "x" } }],
    ["with a slash more", { slash: true }],
    ["that names no keys", { discovery: {} }],
    ["that names keys inside", { inside: "http://169.254.169.254/" }],
    ["that names a file", { inside: "file:///etc/passwd" }],
    ["that answers 500", { status: 500 }],
    ["that answers no JSON", { raw: "<html>" }],
    ["that answers null", { raw: "null" }],
    ["that answers without end", { raw: "x".repeat(300_000) }],
    ["that has a thousand keys", { count: 1_000 }],
  ])("%s has no keys, and the log says why", async (_, given: Record<string, unknown>) => {
    if (given.slash === true) {
      place.discovery = { issuer: `${place.issuer}/`, jwks_uri: `${place.issuer}/jwks` };
    } else if (given.inside !== undefined) {
      place.discovery = { issuer: place.issuer, jwks_uri: given.inside };
    } else if (given.count !== undefined) {
      place.keys = Array.from({ length: 1_000 }, (_, at) => ({ kty: "EC", kid: `${at}` }));
    } else Object.assign(place, given);
    expect(await find("one")).toBe("unavailable");
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ code: "outbound.unreachable" });
  });

  test("is left alone for a while, and then asked again", async () => {
    place.status = 503;
    expect(await find("one")).toBe("unavailable");
    for (let at = 0; at < 20; at++) expect(await find("one")).toBe("unavailable");
    expect(place.asked).toHaveLength(1);
    place.status = 200;
    clock.advance(30 * SECOND);
    expect(await find("one")).toHaveLength(1);
  });

  test("is believed an hour longer by its last keys", async () => {
    await find("one");
    place.status = 503;
    clock.advance(2 * HOUR - 1);
    expect(await find("one")).toHaveLength(1);
    clock.advance(1);
    expect(await find("one")).toBe("unavailable");
  });

  test("is not called at all when it is inside and not allowed", async () => {
    keys = open([]);
    expect(await find("one")).toBe("unavailable");
    expect(place.asked).toEqual([]);
    expect(faults[0]).toMatchObject({ cause: { reason: "forbidden" } });
  });
});
