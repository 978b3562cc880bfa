import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import { openFresh } from "../support/database.ts";
import { fill, type Operation, operations } from "./operations.ts";
import { bodyOf, homeOf, idsOf, targetOf } from "./targets.ts";
import { type Ask, must, openTenants, type Tenants } from "./tenants.ts";

setDefaultTimeout(60_000);

let tenants: Tenants;
let db: Database;

beforeAll(async () => {
  tenants = await openTenants();
  db = await openFresh(tenants.registry.database);
});

afterAll(async () => {
  await db.close();
  await tenants.close();
});

/** What was written down of a request by the time it was answered. */
async function entriesOf(requestId: string | null) {
  expect(requestId).not.toBeNull();
  const rows = await db.read
    .selectFrom("audit")
    .selectAll()
    .where("request_id", "=", requestId ?? "")
    .execute();
  return rows.map(({ action, actor_name, address, object_id, result, reason }) => {
    return { action, actor: actor_name, address, object: object_id, result, reason };
  });
}

/** Questions: nothing is changed, and no secret is told, by asking them. */
const ASKS = new Set([
  ...["explainAccess", "testProvider", "verifyAudit", "askPasskey", "askOwnPasskey"],
  // What is begun counts for nothing until it is finished, which is written down.
  ...["beginTotp", "beginPasskey"],
  // What it writes down is its answer.
  "previewRetention",
  "readForeignRetention",
  // What somebody notes for themselves alone is nobody else's business.
  ...["addStar", "removeStar", "addVisit"],
]);

/** What takes away what other operations need comes last: parts before the whole. */
function rank({ method, path }: Operation): number {
  if (method !== "DELETE") return 0;
  if (path === "/projects/{project}") return 12;
  const depth = path.split("/").length - (path.startsWith("/projects/{project}") ? 2 : 0);
  return path.endsWith("/{role}") ? 11 : 10 - depth;
}

/** What must have gone before something can be had back, or can go for good. */
async function throwAway(id: string): Promise<void> {
  const { repository, tag, digest } = tenants.contents.alpha;
  const at = `/projects/alpha/repositories/${encodeURIComponent(repository)}`;
  const gone: Readonly<Record<string, string>> = {
    restoreTag: `${at}/tags/${tag}`,
    restoreArtifact: `${at}/artifacts/${digest}`,
    // They were had back by the operations before.
    emptyRepository: "/projects/alpha/repositories/gone-first",
    emptyProject: "/projects/gone",
  };
  const path = gone[id];
  if (path !== undefined) await must(tenants.admin, "DELETE", path);
}

const unsafe = operations
  .filter(({ method, id }) => method !== "GET" && !ASKS.has(id))
  .toSorted((a, b) => rank(a) - rank(b));

describe("whatever changes something is in the log before it is answered (A67)", () => {
  // They take a proof that only their own tests have.
  const proven = ["loginWithPasskey", "confirmTotp", "addPasskey", "removeFactor", "showFactor"];
  const more = ["confirmSession", "replacePassword", "renewRecoveryCodes", "changePassword"];
  const elsewhere = new Set([...proven, ...more, "exchangeWorkloadToken", "admitUser"]);
  // Undone by an earlier one, or by nobody yet.
  const moot = new Set(["restoreUser", "restoreRobot", "restoreRobotInProject"]);

  test.each(
    unsafe.filter(({ id, action }) => !elsewhere.has(id) && !moot.has(id) && action !== "public"),
  )("$id", async (operation) => {
    const browser = await tenants.signedIn("keeper");
    const ask: Ask =
      operation.action === "session" || operation.path.startsWith("/me/sessions")
        ? (...all) => browser.ask(...all)
        : tenants.admin;
    await throwAway(operation.id);
    const { user } = tenants.others;
    let target = targetOf(tenants, operation);
    if (operation.id === "cancelJob") target = `/jobs/${tenants.jobs.waiting}/cancel`;
    // What one step needs the step before would take away.
    const { paused: scrub, spare } = tenants.scrubs;
    if (operation.id === "resumeScrub") target = fill(operation.path, { scrub });
    if (operation.id === "deleteBackup") {
      target = fill(operation.path, { backup: tenants.backups.spare });
    }
    if (operation.id === "cancelScrub") target = fill(operation.path, { scrub: spare });
    if (operation.id === "endUserSessions") target = `/users/${user}/sessions`;
    if (operation.id === "endSession") {
      await tenants.signedIn("keeper");
      const { items } = (await ask("GET", "/me/sessions")).json;
      const other = items.find(({ current }: { current: boolean }) => !current);
      target = `/me/sessions/${other.id}`;
    }
    if (operation.id === "deleteArtifact") {
      const { digest: reference } = tenants.contents.alpha;
      target = fill(operation.path, { ...idsOf(tenants, "alpha"), reference });
    }
    if (operation.id === "revokeToken") {
      target = `/me/tokens/${(await ask("POST", "/me/tokens", { name: "x" })).json.id}`;
    }
    const answer = await ask(operation.method, target, bodyOf(tenants, operation));
    expect([answer.status, answer.json?.code]).toEqual([operation.status, undefined]);
    const entries = await entriesOf(answer.headers.get("x-request-id"));
    const done = entries.filter(({ result }) => result === "done");
    expect(done.length).toBeGreaterThan(0);
    for (const { address, actor } of done) {
      expect(address).toBe("127.0.0.1");
      expect(actor).toBeOneOf(["admin", "keeper"]);
    }
  });
});

describe("every refusal of somebody is in the log before it is answered (A67)", () => {
  const refused = operations.filter(
    ({ action }) =>
      !["public", "visitor", "session"].includes(action) && !action.startsWith("self:"),
  );

  test.each(refused)("$id", async (operation) => {
    const project = homeOf(operation) === "system" ? "" : "alpha";
    const outsider = tenants.as("outsider");
    const answer = await outsider(
      operation.method,
      targetOf(tenants, operation),
      bodyOf(tenants, operation),
    );
    expect([project, answer.status, answer.json.code]).toEqual([project, 403, "access.denied"]);
    const entries = await entriesOf(answer.headers.get("x-request-id"));
    expect(entries).toContainEqual({
      action: operation.action,
      actor: "outsider",
      address: "127.0.0.1",
      object: null,
      result: "denied",
      reason: "none",
    });
  });
});

describe("logins are in the log, with what came of them (A67)", () => {
  test.each([
    ["a right password", "guest", undefined, "done"],
    ["a wrong one", "guest", "no password of theirs", "denied"],
    ["a name that nobody has", "nobody-at-all", "no password", "denied"],
  ])("%s", async (_, name, wrong, result) => {
    const password = wrong ?? `the-password-of-${name}`;
    const answer = await tenants.anonymous("POST", "/auth/login", { name, password });
    const entries = await entriesOf(answer.headers.get("x-request-id"));
    expect(entries.map(({ action, result: came }) => [action.split(".")[0], came])).toContainEqual([
      "login",
      result,
    ]);
    const text = JSON.stringify(await db.read.selectFrom("audit").selectAll().execute());
    expect(text).not.toContain(password);
  });
});

test("who reads the log is in the log (A67)", async () => {
  for (const path of ["/audit?limit=1", "/projects/beta/audit/export"]) {
    const answer = await tenants.as("auditor")("GET", path);
    expect(answer.status).toBe(200);
    const [entry] = await entriesOf(answer.headers.get("x-request-id"));
    expect(entry).toMatchObject({ actor: "auditor", result: "done" });
  }
});

test("the log that all this made verifies, and nobody can change it over REST", async () => {
  const { json } = await tenants.admin("POST", "/audit/verify");
  expect(json).toMatchObject({ intact: true, findings: [] });
  for (const method of ["DELETE", "PUT", "PATCH", "POST"]) {
    expect((await tenants.admin(method, "/audit", {})).status).toBe(405);
  }
});
