import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { until } from "../../scripts/lib/run.ts";
import { piece, pushBlob } from "../support/images.ts";
import { head, openRaw, raw } from "../support/raw-exchange.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { type Row, table } from "../support/table.ts";

const BLOB = piece("a blob");
const REPO = "/v2/team/app";
const SESSION = `${REPO}/blobs/uploads/${"a".repeat(32)}`;

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  await pushBlob(registry.admin, "team/app", BLOB);
});
afterAll(() => registry.close());

describe("a method that a route does not have is 405, with those that it has", () => {
  const routes: [path: string, allowed: string][] = [
    ["/v2/", "GET, HEAD"],
    ["/v2/_catalog", "GET, HEAD"],
    [`${REPO}/tags/list`, "GET, HEAD"],
    [`${REPO}/manifests/latest`, "GET, HEAD, PUT, DELETE"],
    [`${REPO}/blobs/${BLOB.digest}`, "GET, HEAD, DELETE"],
    [`${REPO}/referrers/${BLOB.digest}`, "GET, HEAD"],
    [`${REPO}/blobs/uploads/`, "POST"],
    [SESSION, "GET, PATCH, PUT, DELETE"],
  ];
  const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
  table(
    () => registry.admin,
    routes.flatMap(([path, allowed]) =>
      methods
        .filter((method) => !allowed.split(", ").includes(method))
        .map(
          (method): Row => ({
            it: "not here",
            ask: `${method} ${path}`,
            gives: 405,
            code: "UNSUPPORTED",
            headers: { allow: allowed },
          }),
        ),
    ),
  );

  test.each(["TRACE", "PROPFIND", "get", "GET/", "X"])("%s is no method", async (method) => {
    const answer = await raw(registry.admin, `${method} /v2/`);
    // 0: the runtime ends the connection without a word.
    expect([0, 400, 405, 501]).toContain(answer.status);
  });
});

describe("a refusal", () => {
  test("says what happened, why, and what to do, with an id that is in the log", async () => {
    const answer = await registry.admin.get(`${REPO}/manifests/nope`);
    expect(answer.json).toEqual({
      errors: [
        {
          code: "MANIFEST_UNKNOWN",
          message:
            "there is no manifest nope in team/app. Check the tag or digest; " +
            "`GET /v2/team/app/tags/list` lists the tags.",
          detail: { reason: "manifest.unknown", name: "team/app", reference: "nope" },
        },
      ],
    });
    expect(answer.header("x-request-id")).toMatch(/^[a-z0-9]{8}-[a-z0-9]+$/);
    expect(answer.header("content-length")).toBe(String(answer.body.byteLength));
  });

  test.each(["zh", "zh-CN,zh;q=0.9,en;q=0.8", "ZH-Hans"])("in Chinese for %s", async (language) => {
    const headers = { "accept-language": language };
    const answer = await registry.admin.get(`${REPO}/manifests/nope`, headers);
    const { code, message } = answer.refuses(404, "MANIFEST_UNKNOWN").error;
    expect(code).toBe("MANIFEST_UNKNOWN");
    expect(message).toStartWith("team/app 中没有 manifest nope。");
  });

  test.each(["en", "en-US,zh;q=0.5", "*", "zhx", "", "de"])(
    "in English for %j",
    async (language) => {
      const headers = { "accept-language": language };
      const answer = await registry.admin.get(`${REPO}/manifests/nope`, headers);
      expect(answer.error.message).toStartWith("there is no manifest");
    },
  );

  test("of a HEAD has no body, and leaves the connection fit for the next request", async () => {
    const client = await openRaw(registry.admin);
    client.send(head(registry.admin, `HEAD ${REPO}/manifests/nope`));
    await client.until(({ received }) => received.includes("\r\n\r\n"));
    client.send(head(registry.admin, `GET ${REPO}/blobs/${BLOB.digest}`));
    await client.until(({ received }) => received.endsWith("a blob"));
    const statuses = [...client.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual(["404", "200"]);
    expect(client.received).not.toContain("MANIFEST_UNKNOWN");
    client.end();
  });
});

describe("a refused body never becomes the next request", () => {
  const smuggled = `GET ${REPO}/blobs/${BLOB.digest} HTTP/1.1\r\nHost: x\r\n\r\n`;

  /** Sends a request whose body looks like a request, and another one behind it; gives all statuses. */
  async function statuses(first: string, lines: readonly string[], behind: string) {
    const client = await openRaw(registry.admin);
    client.send(head(registry.admin, first, lines) + behind);
    await client.until(({ received, closed }) => closed || received.includes("\r\n\r\n"));
    client.send(head(registry.admin, "GET /v2/", ["Connection: close"]));
    await client.untilClosed();
    client.end();
    return [...client.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
  }

  test.each([
    ["no such session", `PATCH ${SESSION}`, 404],
    ["a method that is not there", `POST ${REPO}/manifests/x`, 405],
    ["a bad name", "PATCH /v2/Team/app/blobs/uploads/x", 400],
    ["a bad digest", `PUT ${SESSION}?digest=x`, 400],
    ["a manifest that is none", `PUT ${REPO}/manifests/x`, 400],
    ["a GET with a body", `GET ${REPO}/manifests/x`, 404],
  ])("%s", async (_, first, status) => {
    const lines = [`Content-Length: ${smuggled.length}`];
    const found = await statuses(first, lines, smuggled);
    expect(found[0]).toBe(status);
    expect(found.slice(1)).not.toContain(401);
    expect(found.length).toBeLessThanOrEqual(2);
    const size = smuggled.length.toString(16);
    const chunks = `${size}\r\n${smuggled}\r\n0\r\n\r\n`;
    const again = await statuses(first, ["Transfer-Encoding: chunked"], chunks);
    expect(again[0]).toBe(status);
    expect(again.length).toBeLessThanOrEqual(2);
  });

  test.each<[string, string[], string]>([
    ["length and chunks", ["Content-Length: 5", "Transfer-Encoding: chunked"], "0\r\n\r\n"],
    ["two lengths", ["Content-Length: 5", "Content-Length: 6"], "hello"],
    ["a length twice", ["Content-Length: 5", "Content-Length: 5"], "hello"],
    ["a list of lengths", ["Content-Length: 5, 5"], "hello"],
    ["a negative length", ["Content-Length: -5"], "hello"],
    ["a length with a sign", ["Content-Length: +5"], "hello"],
    ["a length in hex", ["Content-Length: 0x5"], "hello"],
    ["an unknown coding", ["Transfer-Encoding: gzip"], "hello"],
    ["chunks that are not last", ["Transfer-Encoding: chunked, gzip"], "0\r\n\r\n"],
    ["a blank before the colon", ["Content-Length : 5"], "hello"],
    ["a folded line", ["X-A: b", " Content-Length: 5"], "hello"],
    ["a NUL in a value", ["X-A: b\0c"], ""],
    ["two hosts", ["Host: a", "Host: b"], ""],
    ["a host that is none", ["Host: a/../b"], ""],
    ["a bare line feed", ["X-A: b\nX-B: c"], ""],
  ])("%s is 400 and the end of the connection", async (_, lines, body) => {
    const client = await openRaw(registry.admin);
    client.send(head(registry.admin, `PUT ${REPO}/manifests/x`, lines) + body);
    await client.until(({ received, closed }) => closed || received.includes("\r\n\r\n"));
    expect(client.received).toStartWith("HTTP/1.1 400");
    client.send(head(registry.admin, "GET /v2/"));
    await client.untilClosed();
    expect(client.received).not.toContain("HTTP/1.1 200");
    client.end();
  });

  test.each([
    ["a size that is none", "zz\r\nhello\r\n0\r\n\r\n"],
    ["a chunk longer than its size", "2\r\nhello\r\n0\r\n\r\n"],
    ["a size that overflows", "fffffffffffffffff\r\nhello\r\n0\r\n\r\n"],
    ["a size with a sign", "-5\r\nhello\r\n0\r\n\r\n"],
  ])("%s among chunks is never taken", async (_, body) => {
    const started = (await registry.admin.post(`${REPO}/blobs/uploads/`)).expect(202);
    const client = await openRaw(registry.admin);
    const lines = ["Transfer-Encoding: chunked", "Connection: close"];
    client.send(head(registry.admin, `PATCH ${started.location}`, lines) + body);
    await client.untilClosed();
    expect(client.received).not.toContain("HTTP/1.1 2");
    client.end();
    // The request that was cut lets go of the session as soon as the server has seen it.
    await until("the session is free", async () => {
      const { status } = await registry.admin.delete(started.location);
      return status === 204 ? true : undefined;
    });
  });
});

test("headers of 60 KiB pass, as bearer tokens need; more than 64 KiB are refused", async () => {
  (await registry.admin.get("/v2/", { "x-token": "t".repeat(60_000) })).expect(200);
  const answer = await raw(registry.admin, "GET /v2/", [`X-Token: ${"t".repeat(80_000)}`]);
  expect([400, 431]).toContain(answer.status);
});

test("none of this has been a fault of the server's", () => {
  expect(registry.log).toEqual([]);
});
