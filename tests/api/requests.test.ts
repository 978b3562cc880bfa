import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import { openFresh } from "../support/database.ts";
import { chunked, HttpClient } from "../support/http-client.ts";
import { ADMIN } from "../support/registry.ts";
import { freshName } from "./examples.ts";
import { operations } from "./operations.ts";
import { snapshot } from "./snapshot.ts";
import { targetOf } from "./targets.ts";
import { openTenants, type Tenants } from "./tenants.ts";

setDefaultTimeout(60_000);

const JSON_BODY = { "content-type": "application/json" };

let tenants: Tenants;
let db: Database;
let client: HttpClient;

beforeAll(async () => {
  tenants = await openTenants();
  db = await openFresh(tenants.registry.database);
  client = new HttpClient(tenants.registry.url, ADMIN);
});

afterAll(async () => {
  await db.close();
  await tenants.close();
});

describe("bodies", () => {
  const send = (
    body: string | Uint8Array<ArrayBuffer> | ReadableStream,
    headers = JSON_BODY as object,
  ) => client.post("/api/v1/groups", { body, headers: headers as Record<string, string> });

  test.each([
    ["no media type", { "content-type": "" }],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["text", { "content-type": "text/plain" }],
    ["multipart", { "content-type": "multipart/form-data; boundary=x" }],
    ["nearly JSON", { "content-type": "application/jsonp" }],
    ["JSON in name only", { "content-type": "text/plain; application/json" }],
  ])("%s is 415", async (_, headers) => {
    const answer = await send('{"name":"a"}', headers);
    expect([answer.status, (answer.json as { code: string }).code]).toEqual([
      415,
      "api.media_type",
    ]);
  });

  test.each([
    ["nothing", ""],
    ["half an object", '{"name":'],
    ["two objects", '{"name":"a"}{"name":"b"}'],
    ["a comment", '{"name":"a"} // b'],
    ["bytes that are no UTF-8", new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
    ["single quotes", "{'name':'a'}"],
  ])("%s is no JSON", async (_, body) => {
    const answer = await send(body);
    expect([answer.status, (answer.json as { code: string }).code]).toEqual([400, "api.not_json"]);
  });

  test.each(["null", "[]", '"a"', "1", "true", "[{}]"])("%s is no object", async (body) => {
    const answer = await send(body);
    expect([answer.status, (answer.json as { code: string }).code]).toEqual([400, "api.invalid"]);
  });

  test("more than a mebibyte is 413, with a length and without (A05, A63)", async () => {
    const piece = "a".repeat(65_536);
    const long = `{"name":"${piece.repeat(17)}"}`;
    for (const body of [long, chunked(...Array.from({ length: 40 }, () => piece))]) {
      const answer = await send(body);
      expect([answer.status, (answer.json as { code: string }).code]).toEqual([
        413,
        "api.too_large",
      ]);
    }
    const just = `{"name":"${"a".repeat(1_048_576 - 11)}"}`;
    expect(just.length).toBe(1_048_576);
    expect((await send(just)).status).toBe(400);
  });

  test("a compressed one is not inflated (A63)", async () => {
    const body = Bun.gzipSync(`{"name":"${freshName()}"}`);
    const answer = await send(body, { ...JSON_BODY, "content-encoding": "gzip" });
    expect(answer.status).toBe(400);
  });

  const WRAPS = [
    ["[", "]"],
    ['{"a":', "}"],
  ] as const;

  test.each(WRAPS)("deep nesting of %s is refused, not followed (A05)", async (open, close) => {
    for (const depth of [65, 5_000, 100_000, 160_000]) {
      const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
      const bodies = {
        "/access/explain": `{"action":"project:read","on":{"kind":"registry"},"context":{"claims":{"x":${deep}}}}`,
        "/auth/passkey": `{"ticket":"x","response":{"x":${deep}}}`,
        "/groups": deep,
      };
      for (const [path, body] of Object.entries(bodies)) {
        const answer = await client.post(`/api/v1${path}`, { body, headers: JSON_BODY });
        const { code } = answer.json as { code: string };
        expect([path, depth, answer.status, code]).toEqual([path, depth, 400, "api.invalid"]);
      }
    }
  });

  test("signs within texts nest nothing", async () => {
    const question = { action: "project:read", on: { kind: "registry" } };
    const claims = { x: '[{"\\"'.repeat(1_000), y: "]" };
    const body = JSON.stringify({ ...question, context: { claims } });
    (await client.post("/api/v1/access/explain", { body, headers: JSON_BODY })).expect(200);
  });

  test("an unfinished text, or a storm of quotes, costs no more than its length (A62)", async () => {
    for (const body of [
      '"'.repeat(1_000_001),
      `"${"\\".repeat(1_000_000)}`,
      '"a'.repeat(500_001),
      `"${'\\"'.repeat(500_000)}`,
    ]) {
      const answer = await send(body);
      expect(answer.status).toBe(400);
    }
  });
});

describe("other methods", () => {
  test("HEAD says what GET says, without the body (A11)", async () => {
    for (const operation of operations.filter(
      ({ method, id }) => method === "GET" && !id.startsWith("exportAudit"),
    )) {
      if (operation.action === "session") continue;
      const target = `/api/v1${targetOf(tenants, operation)}`;
      const [get, head] = [await client.get(target), await client.head(target)];
      expect([operation.id, head.status]).toEqual([operation.id, get.status]);
      expect(head.body.byteLength).toBe(0);
      for (const name of ["content-type", "etag", "location", "cache-control"]) {
        expect([operation.id, head.header(name)]).toEqual([operation.id, get.header(name)]);
      }
    }
  });

  test("OPTIONS allows no other site anything (A44)", async () => {
    const headers = {
      origin: "https://evil.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization",
    };
    for (const operation of operations) {
      const answer = await client.send("OPTIONS", `/api/v1${targetOf(tenants, operation)}`, {
        headers,
      });
      answer.expect(405);
      for (const name of answer.headers.keys()) expect(name).not.toStartWith("access-control-");
    }
  });

  test.each(["TRACE", "CONNECT", "PROPFIND"])("%s is no way in", async (method) => {
    const request = client.send(method, "/api/v1/users");
    const status = await request.then(
      (answer) => answer.status,
      () => "not sent",
    );
    expect(status).toBeOneOf([400, 405, "not sent"]);
  });

  test("no header turns one method into another", async () => {
    const before = await snapshot(db);
    const target = `/api/v1/groups/${tenants.group}`;
    for (const name of ["x-http-method-override", "x-http-method", "x-method-override"]) {
      (await client.get(target, { [name]: "DELETE" })).expect(200);
    }
    (await client.get(`${target}?_method=DELETE`)).expect(400);
    expect(await snapshot(db)).toBe(before);
  });
});

test("refusals are in the reader's language", async () => {
  const chinese = await client.get("/api/v1/users?limit=0", {
    "accept-language": "zh-CN,zh;q=0.9",
  });
  expect(chinese.header("content-language")).toBe("zh");
  expect((chinese.json as { title: string }).title).toMatch(/[\u4e00-\u9fff]/);
  const english = await client.get("/api/v1/users?limit=0", { "accept-language": "fr" });
  expect(english.header("content-language")).toBe("en");
});
