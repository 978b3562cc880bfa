import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { addAccount, verifierOf } from "../../../tests/support/accounts.ts";
import { type FreshDatabase, freshDatabase, openFresh } from "../../../tests/support/database.ts";
import { grantable } from "../../features/access/permissions.ts";
import { openAccess } from "../../features/access/service.ts";
import { type Audit, openAudit } from "../../features/audit/service.ts";
import { Revision } from "../../features/identity/revision/revision.ts";
import { openIdentity } from "../../features/identity/service.ts";
import { systemClock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { newId } from "../../kernel/ids.ts";
import { Secret } from "../../kernel/secret.ts";
import type { Database } from "../../platform/database/port.ts";
import { type Listening, listen } from "../../platform/listen/listen.ts";
import { openKeyring } from "../../platform/sealing/keyring.ts";
import { openTelemetry } from "../../platform/telemetry/open.ts";
import { Denials } from "../denials.ts";
import { opsDoor, opsRoutes } from "./door.ts";

const lines: string[] = [];
let healthy = true;
let fresh: FreshDatabase;
let db: Database;
let revision: Revision;
let audit: Audit;
let listening: Listening;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = await openFresh(fresh, new URL("../../../tests/support/writer.ts", import.meta.url));
  const telemetry = openTelemetry({
    level: "info",
    format: "json",
    access: true,
    routes: opsRoutes,
    build: { version: "0.0.0", commit: "test" },
    sink: { write: (line) => void lines.push(line), flushSync: () => {} },
  });
  const check = async () => {
    if (!healthy) throw failure("service.storage_unavailable");
  };
  const keyring = openKeyring([new Secret("a key for the test of the ops door")]);
  const clock = systemClock;
  revision = new Revision(db, clock);
  const settings = { pulls: "each" } as const;
  audit = await openAudit({ db, clock, keyring, logger: telemetry.logger, settings });
  const common = { db, clock, revision, audit };
  const identity = openIdentity({
    ...common,
    keyring,
    providers: ["local"],
    knownActions: grantable,
  });
  const reader = { name: "reader", password: "a password of no rights", administrator: false };
  for (const account of [reader, { ...reader, name: "root", administrator: true }]) {
    const { name, administrator } = account;
    const verifier = await verifierOf(account);
    await db.write(addAccount, { id: newId(), name, administrator, verifier });
  }
  const parts = {
    identity,
    access: openAccess(common),
    denials: new Denials(audit, clock),
    telemetry,
    checks: [{ name: "storage", check }],
    realm: "Entrepot",
  };
  let id = 0;
  const closed = opsDoor({ ...parts, open: false }, () => `r-${id++}`);
  const open = opsDoor({ ...parts, open: true }, () => `r-${id++}`);
  listening = await listen(
    { addresses: ["127.0.0.1:0"], trustedProxies: [], maxConnections: 100 },
    (request, connection) => (request.headers.has("x-open") ? open : closed)(request, connection),
    { fault: () => {}, certificate: () => {} },
  );
});

afterAll(async () => {
  await listening.drain(0);
  await audit.close();
  revision.close();
  await db.close();
  await fresh.drop();
});

/** Asks, and gives the answer with the line that the access log has of it. */
async function ask(path: string, headers: Record<string, string> = {}, method = "GET") {
  const before = lines.length;
  const response = await fetch(`${listening.urls[0]}${path}`, { headers, method });
  const text = await response.text();
  const told = lines.slice(before).map((line) => JSON.parse(line));
  return { response, text, logged: told.find((line) => line.msg === "request") };
}

describe("each answer is logged with its class and size", () => {
  test.each([
    ["/healthz", 200, "healthz"],
    ["/readyz", 200, "readyz"],
    ["/metrics", 401, "metrics"],
    ["/nothing", 404, "other"],
  ])("%s", async (path, status, route) => {
    const { response, text, logged } = await ask(path);
    expect(response.status).toBe(status);
    const out = Buffer.byteLength(text);
    expect(logged).toMatchObject({ route, path, status, out });
    expect(logged.principal).toBe(route === "other" ? undefined : "anonymous");
    const head = await ask(path, {}, "HEAD");
    expect(head.response.status).toBe(status);
    expect(head.response.headers.get("content-length")).toBe(String(out));
    expect(head.logged).toMatchObject({ method: "HEAD", route, status, out: 0 });
  });
});

test("the requests of this door are counted like any other", async () => {
  await ask("/healthz");
  const { text, logged } = await ask("/metrics", { "x-open": "1" });
  expect(text).toMatch(
    /entrepot_http_requests_total\{route="healthz",method="GET",status="2xx"\} \d/,
  );
  expect(logged).toMatchObject({ route: "metrics", principal: "everybody" });
});

test("a refusal has code, message and help in the language asked for, and the id of the log", async () => {
  const { response, text, logged } = await ask("/metrics", { "accept-language": "zh-CN,en;q=0.5" });
  const refused = failure("access.unauthenticated");
  expect(JSON.parse(text)).toEqual({
    code: "access.unauthenticated",
    message: refused.words("zh"),
    help: refused.help("zh"),
  });
  expect(response.headers.get("www-authenticate")).toBe('Basic realm="Entrepot"');
  expect(response.headers.get("x-request-id")).toBe(logged.request);
  const english = JSON.parse((await ask("/metrics")).text);
  expect(english.message).toBe(refused.words("en"));
});

describe("metrics take a right", () => {
  const basic = (name: string, password = "a password of no rights") => ({
    authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`,
  });

  test("which an administrator has", async () => {
    const { response, logged } = await ask("/metrics", basic("root"));
    expect(response.status).toBe(200);
    expect(logged).toMatchObject({ principal: "root" });
  });

  test("and whose lack is written down", async () => {
    const { response, text } = await ask("/metrics", basic("reader"));
    expect(response.status).toBe(403);
    expect(JSON.parse(text).code).toBe("access.denied");
    const row = await db.read
      .selectFrom("audit")
      .select(["action", "actor_name", "reason", "address"])
      .where("result", "=", "denied")
      .orderBy("id", "desc")
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ action: "registry:metrics", actor_name: "reader", reason: "none" });
    expect(row.address).not.toBeNull();
  });

  test.each([
    ["a wrong password", basic("root", "another").authorization],
    ["a bearer that is no secret of ours", "Bearer abc.def.ghi"],
    ["another scheme", "Negotiate abc"],
  ])("and %s is none", async (_, authorization) => {
    expect((await ask("/metrics", { authorization })).response.status).toBe(401);
  });
});

test("a part that fails makes the service unready, with the code of its error", async () => {
  healthy = false;
  const { response, text } = await ask("/readyz");
  healthy = true;
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("2");
  const reason = "service.storage_unavailable";
  expect(JSON.parse(text)).toEqual({
    ready: false,
    parts: [{ name: "storage", ready: false, reason }],
  });
});
