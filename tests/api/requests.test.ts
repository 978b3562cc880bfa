import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import { openFresh } from "../support/database.ts";
import { chunked, HttpClient } from "../support/http-client.ts";
import { ADMIN } from "../support/registry.ts";
import { exampleBody, freshName } from "./examples.ts";
import { fill, type Operation, operations } from "./operations.ts";
import { snapshot } from "./snapshot.ts";
import { type Ask, type Home, must, openTenants, type Tenants } from "./tenants.ts";

const MINUTE = 60_000;
const NOTHING = "0".repeat(26);
const JSON_BODY = { "content-type": "application/json" };

let tenants: Tenants;
let db: Database;
let admin: Ask;
let client: HttpClient;

beforeAll(async () => {
  tenants = await openTenants();
  db = await openFresh(tenants.registry.database);
  admin = tenants.admin;
  client = new HttpClient(tenants.registry.url, ADMIN);
}, MINUTE);

afterAll(async () => {
  await db.close();
  await tenants.close();
});

const homeOf = ({ path }: Operation): Home =>
  path.startsWith("/projects/{project}") ? "alpha" : "system";

function targetOf(operation: Operation): string {
  const { things, others, group, users } = tenants;
  const known = {
    provider: "local",
    group,
    principal: users.spare,
    user: users.spare,
    id: NOTHING,
  };
  const ids = { ...things[homeOf(operation)], ...others, ...known };
  return fill(operation.path, { project: "alpha", ...ids });
}

function bodyOf(operation: Operation): unknown {
  return operation.body && exampleBody(operation.id, tenants, homeOf(operation));
}

const creates = operations.filter(({ headers }) => headers.includes("Idempotency-Key"));

describe("a create with an Idempotency-Key", () => {
  // One that only a provider can answer is for the tests of providers.
  const here = creates.filter(({ id }) => id !== "admitUser");

  test.each(here)("$id is done once, and its secret told once (A66)", async (operation) => {
    const target = targetOf(operation);
    const body = bodyOf(operation);
    const key = { "idempotency-key": freshName() };
    const first = await admin("POST", target, body, key);
    expect(first.status).toBe(201);
    const after = await snapshot(db);
    const second = await admin("POST", target, body, key);
    expect(await snapshot(db)).toBe(after);
    expect(second.status).toBe(201);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    const secrets = ["secret", "password"].filter((name) => name in first.json);
    const untold = Object.fromEntries(secrets.map((name) => [name, null]));
    expect(second.json).toEqual({ ...first.json, ...untold });
    const kept = await db.read.selectFrom("idempotency_keys").selectAll().execute();
    for (const name of secrets) {
      if (first.json[name] !== null) expect(JSON.stringify(kept)).not.toContain(first.json[name]);
    }
  });

  test.each(here)("$id says where to find what it made", async (operation) => {
    const made = await admin("POST", targetOf(operation), bodyOf(operation));
    expect(made.status).toBe(201);
    const location = made.headers.get("location");
    const isSecretOnly = ["createLoginPassword", "rotateRobotSecret"].includes(
      operation.id.replace("InProject", ""),
    );
    expect(location === null).toBe(isSecretOnly);
    if (location === null) return;
    const found = await client.get(location);
    found.expect(200);
    const { secret: _, password: __, ...shown } = made.json;
    expect(found.json).toEqual(shown);
  });

  test("is refused for anything but the same request", async () => {
    const key = { "idempotency-key": freshName() };
    const name = freshName();
    expect((await admin("POST", "/groups", { name }, key)).status).toBe(201);
    for (const [path, body] of [
      ["/groups", { name: freshName() }],
      ["/projects", { name }],
      ["/robots", { name }],
    ] as const) {
      const { status, json } = await admin("POST", path, body, key);
      expect([status, json.code]).toEqual([422, "api.key_reused"]);
    }
  });

  test("of somebody else's is another key", async () => {
    const key = { "idempotency-key": freshName() };
    const name = freshName();
    const mine = await tenants.as("chief")("POST", "/me/tokens", { name }, key);
    const theirs = await tenants.as("guest")("POST", "/me/tokens", { name }, key);
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.json.id).not.toBe(mine.json.id);
    expect(theirs.json.secret).toBeString();
  });

  test("that was refused leaves the key free, also for whoever may not", async () => {
    const key = { "idempotency-key": freshName() };
    expect((await admin("POST", "/groups", { name: "Not A Name" }, key)).status).toBe(400);
    expect((await admin("POST", "/groups", { name: freshName() }, key)).status).toBe(201);
    const outsider = tenants.as("outsider");
    for (let count = 0; count < 2; count++) {
      const { status } = await outsider("POST", "/groups", { name: freshName() }, key);
      expect(status).toBe(403);
    }
  });

  test("many times at once is done once", async () => {
    const key = { "idempotency-key": freshName() };
    const name = freshName();
    const tries = Array.from({ length: 12 }, () => admin("POST", "/robots", { name }, key));
    const answers = await Promise.all(tries);
    const told = answers.filter(({ json }) => typeof json.secret === "string");
    expect(told).toHaveLength(1);
    for (const { status, json } of answers) {
      if (status !== 201) expect([status, json.code]).toEqual([409, "api.under_way"]);
    }
    const { items } = await must(admin, "GET", `/robots?name=robot%2B${name}`);
    expect(items).toHaveLength(1);
  });

  test.each([" a b", "a".repeat(129), "é"])("%p is none", async (key) => {
    const headers = { "idempotency-key": key };
    const { status, json } = await admin("POST", "/groups", { name: freshName() }, headers);
    expect([status, json.code]).toEqual([400, "api.invalid"]);
  });
});

describe("versions", () => {
  const versioned = operations.filter(({ headers }) => headers.includes("If-Match"));
  const unversioned = operations.filter(
    ({ method, headers, action }) =>
      method !== "GET" &&
      !headers.includes("If-Match") &&
      action !== "public" &&
      action !== "session",
  );

  test.each(versioned)(
    "$id finds what it was asked to find, or does nothing",
    async (operation) => {
      const { method } = operation;
      const target = targetOf(operation);
      const body = bodyOf(operation);
      const read = operation.id === "setAdministrator" ? target.replace(/\/[^/]+$/, "") : target;
      const etag = (await admin("GET", read)).headers.get("etag") ?? "";
      expect(etag).toMatch(/^"v\d+"$/);
      const before = await snapshot(db);
      for (const stale of ['"v0"', '"v999999"']) {
        const { status, json } = await admin(method, target, body, { "if-match": stale });
        expect([status, json.status]).toEqual([412, 412]);
      }
      for (const bad of [
        "v1",
        'W/"v1"',
        '"v1", "v2"',
        '"v-1"',
        '"',
        '"v1e1"',
        '"v99999999999999999"',
      ]) {
        const { status, json } = await admin(method, target, body, { "if-match": bad });
        expect([bad, status, json.code]).toEqual([bad, 400, "api.invalid"]);
      }
      expect(await snapshot(db)).toBe(before);
      if (method === "DELETE") return;
      const done = await admin(method, target, body, { "if-match": etag });
      expect(done.status).toBe(operation.status);
      expect(done.headers.get("etag")).toMatch(/^"v\d+"$/);
      expect(done.headers.get("etag")).toBe((await admin("GET", read)).headers.get("etag"));
      if (done.headers.get("etag") !== etag) {
        const again = await admin(method, target, body, { "if-match": etag });
        expect(again.status).toBe(412);
      }
      const any = await admin(method, target, body, { "if-match": "*" });
      expect(any.status).toBe(operation.status);
    },
  );

  test.each(unversioned)("$id compares none, and says so", async (operation) => {
    const before = await snapshot(db);
    const headers = { "if-match": '"v1"' };
    const answer = await admin(operation.method, targetOf(operation), bodyOf(operation), headers);
    expect([answer.status, answer.json?.code]).toEqual([400, "api.invalid"]);
    expect(await snapshot(db)).toBe(before);
  });

  test("of several changes that saw the same version one is made", async () => {
    const { id } = await must(admin, "POST", "/groups", { name: freshName() });
    const tries = Array.from({ length: 8 }, (_, at) =>
      admin("PATCH", `/groups/${id}`, { description: `by ${at}` }, { "if-match": '"v1"' }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
  });
});

describe("lists", () => {
  const lists = operations.filter(({ query }) => query.some(({ name }) => name === "limit"));

  async function walk(target: string, limit: number): Promise<string[]> {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const more: string = cursor === null ? "" : `&cursor=${cursor}`;
      const page = await must(admin, "GET", `${target}?limit=${limit}${more}`);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.next;
    } while (cursor !== null && seen.length < 1_000);
    return seen;
  }

  test.each(lists)("$id: pages of every size hold each entry once", async (operation) => {
    const target = targetOf(operation);
    // Reading the log writes to it: a page is its own news.
    if (operation.id.startsWith("listAudit")) return;
    const whole = await walk(target, 200);
    expect(new Set(whole).size).toBe(whole.length);
    for (const limit of [1, 2, 7])
      expect((await walk(target, limit)).sort()).toEqual(whole.toSorted());
  });

  test.each(lists)(
    "$id: limits and cursors that are none are refused (A06, A33)",
    async (operation) => {
      const target = targetOf(operation);
      const bad = ["limit=0", "limit=-1", "limit=201", "limit=1.5", "limit=all", "limit=1&limit=1"];
      const cursors = ["cursor=", "cursor=x", "cursor=AAAA", "cursor=MQ==", "cursor=%00"];
      const unknown = ["offset=1", "page=2", "order_by=verifier", "q=(verifier=x)", "__proto__=1"];
      for (const query of [...bad, ...cursors, ...unknown]) {
        const { status, json } = await admin("GET", `${target}?${query}`);
        expect([query, status, json.code]).toEqual([query, 400, "api.invalid"]);
      }
    },
  );

  test("sorts and filters are the listed ones, and never what is secret (A33)", async () => {
    for (const query of [
      "sort=verifier",
      "sort=name;drop",
      "sort=name,id",
      "sort=email",
      "state=all",
      "administrator=1",
      "verifier=x",
      "password=x",
      "generation=1",
      "name=%25",
      "name=a'--",
      "name=A",
      "name=a&name=b",
    ]) {
      const { status } = await admin("GET", `/users?${query}`);
      expect([query, status]).toEqual([query, 400]);
    }
    const found = await must(admin, "GET", "/users?name=chief&sort=name");
    expect(found.items.map(({ name }: { name: string }) => name)).toEqual(["chief", "chief-b"]);
  });

  test("no list or object ever shows a verifier (A33, A66)", async () => {
    const stored = await db.read.selectFrom("credentials").select("verifier").execute();
    const tokens = await db.read.selectFrom("tokens").select("verifier").execute();
    const verifiers = [...stored, ...tokens].map(({ verifier }) => verifier);
    expect(verifiers.length).toBeGreaterThan(10);
    for (const operation of operations.filter(
      ({ method, action }) => method === "GET" && action !== "public",
    )) {
      const { text } = await client.get(`/api/v1${targetOf(operation)}`);
      for (const verifier of verifiers) expect(text).not.toContain(verifier);
      expect(text).not.toMatch(
        /ent_(?:pat|rob|ref|log|wkl|ses)_\w{40}|"(?:verifier|sealed_key|secret)":"/,
      );
    }
  });

  test("pages stay true while entries come and go (A06)", async () => {
    const steady: string[] = [];
    const fleeting: string[] = [];
    for (let at = 0; at < 30; at++) {
      const { id } = await must(admin, "POST", "/groups", { name: `page-${freshName()}` });
      (at % 3 === 0 ? fleeting : steady).push(id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const more: string = cursor === null ? "" : `&cursor=${cursor}`;
      const page = await must(admin, "GET", `/groups?limit=4${more}`);
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.next;
      const gone = fleeting.pop();
      if (gone !== undefined) expect((await admin("DELETE", `/groups/${gone}`)).status).toBe(204);
      await must(admin, "POST", "/groups", { name: `page-${freshName()}` });
    } while (cursor !== null && seen.length < 200);
    expect(new Set(seen).size).toBe(seen.length);
    for (const id of steady) expect(seen).toContain(id);
  });
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

  test("deep nesting is refused, not followed", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect((await send(deep)).status).toBe(400);
    const claims = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
    const question = `{"action":"project:read","on":{"kind":"registry"},"context":{"claims":${claims}}}`;
    const answer = await client.post("/api/v1/access/explain", {
      body: question,
      headers: JSON_BODY,
    });
    expect(answer.status).toBeLessThan(500);
  });
});

describe("other methods", () => {
  test("HEAD says what GET says, without the body (A11)", async () => {
    for (const operation of operations.filter(
      ({ method, id }) => method === "GET" && !id.startsWith("exportAudit"),
    )) {
      if (operation.action === "session") continue;
      const target = `/api/v1${targetOf(operation)}`;
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
      const answer = await client.send("OPTIONS", `/api/v1${targetOf(operation)}`, { headers });
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
