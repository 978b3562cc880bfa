import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import type { RestAnswer } from "../support/browser.ts";
import { openFresh } from "../support/database.ts";
import { EVERYBODY, type Somebody, STATUS, verdict } from "./everybody.ts";
import { exampleBody } from "./examples.ts";
import { fill, type Operation, operations } from "./operations.ts";
import { snapshot } from "./snapshot.ts";
import { CONTENT, ghostOf, homesOf, idsOf } from "./targets.ts";
import { type Ask, type Home, must, openTenants, type Tenants } from "./tenants.ts";

const STALE = { "if-match": '"v999999"' };
const MINUTE = 60_000;

let tenants: Tenants;
let db: Database;
let limited = "";
const permissions = new Map<string, ReadonlySet<string>>();

beforeAll(async () => {
  tenants = await openTenants();
  db = await openFresh(tenants.registry.database);
  const { admin } = tenants;
  for (const role of (await must(admin, "GET", "/roles?limit=200")).items) {
    permissions.set(role.id, new Set(role.permissions));
  }
  const limits = [{ actions: ["repository:pull"], repositories: ["alpha/**"] }];
  const asked = { name: "narrow", limits };
  limited = (await must(tenants.as("chief"), "POST", "/me/tokens", asked)).secret;
}, MINUTE);

afterAll(async () => {
  await db.close();
  await tenants.close();
});

async function askAs({ name, is }: Somebody): Promise<Ask> {
  switch (is) {
    case "nobody":
      return tenants.anonymous;
    case "robot":
      return tenants.bearing(tenants.robotSecret);
    case "limited":
      return tenants.bearing(limited);
    case "session":
    case "forged": {
      const browser = await tenants.signedIn("keeper");
      if (is === "forged") browser.csrf = undefined;
      return (...all) => browser.ask(...all);
    }
    default:
      return tenants.as(name);
  }
}

/** Ids of nothing, in a project that is there. */
function ghostIds(home: Home): Record<string, string | undefined> {
  const names = [
    "immutabilityRule",
    "role",
    "robot",
    "rule",
    "binding",
    "user",
    "token",
    "session",
    "factor",
    "group",
  ];
  const all = [
    ...names,
    "principal",
    "id",
    "job",
    "scrub",
    "backup",
    "name",
    "deleted",
    "policy",
    "run",
    "source",
    ...CONTENT,
  ];
  const ghosts = Object.fromEntries(all.map((name) => [name, ghostOf(name)]));
  return { project: home, provider: "nowhere", ...ghosts };
}

function send(ask: Ask, operation: Operation, home: Home, path: string): Promise<RestAnswer> {
  const { id, method, body } = operation;
  const example = body === undefined ? undefined : exampleBody(id, tenants, home);
  return ask(method, path, example);
}

const REFUSALS = new Set(Object.keys(STATUS));
/**
 * What nobody can do without knowing more, and what is refused while enough of it runs: all that is
 * asked is that access does not refuse it.
 */
const UNSURE = new Set([
  "changePassword",
  "createLoginPassword",
  "exchangeWorkloadToken",
  "previewRetention",
]);

/** What makes the thing that its path names, and takes away what that made. */
const MAKES: ReadonlySet<string> = new Set(["reportInUse", "deleteInUseSource"]);

/** What an allowed request comes to that is made so as to change nothing that is needed later. */
async function harmless(
  ask: Ask,
  operation: Operation,
  home: Home,
): Promise<{ answer: RestAnswer; expected: number | undefined }> {
  const { id, method, path, asked, params, status, action, headers, tag } = operation;
  const isOwn = tag === "me" || tag === "session" || action === "public";
  if (headers.includes("If-Match") && path === "/projects/{project}") {
    const body = method === "PATCH" ? { public: true } : undefined;
    return { answer: await ask(method, fill(path, { project: home }), body, STALE), expected: 412 };
  }
  const named = params.filter(({ name }) => name !== "project");
  const isRead = method === "GET" && !isOwn;
  if (named.length > 0 && !isRead) {
    const answer = await send(ask, operation, home, fill(asked, ghostIds(home)));
    const isLoose = action === "public" || action === "session" || MAKES.has(id);
    return { answer, expected: isLoose ? undefined : 404 };
  }
  const answer = await send(ask, operation, home, fill(asked, idsOf(tenants, home)));
  const isSure = action !== "public" && action !== "session" && !UNSURE.has(id);
  return { answer, expected: isSure ? status : undefined };
}

describe("who may do what (A27): from the document and the roles' own lists", () => {
  for (const operation of operations) {
    const { id, method, path, asked } = operation;
    test(
      `${id}: ${method} ${path}`,
      async () => {
        for (const home of homesOf(operation)) {
          const told = EVERYBODY.map((who) => ({
            who,
            code: verdict(operation, home, who, permissions),
          }));
          const target = fill(asked, idsOf(tenants, home));
          const asks = await Promise.all(
            told.map(async (each) => ({ ...each, ask: await askAs(each.who) })),
          );
          const before = await snapshot(db);
          for (const { who, code, ask } of asks.filter((each) => each.code !== "done")) {
            const { status, json } = await send(ask, operation, home, target);
            expect([who.name, home, status, json.code]).toEqual([
              who.name,
              home,
              STATUS[code],
              code,
            ]);
          }
          expect(await snapshot(db)).toBe(before);
          for (const { who, ask } of asks.filter((each) => each.code === "done")) {
            const { answer, expected } = await harmless(ask, operation, home);
            const { status, json } = answer;
            const shown = [who.name, home, status, json?.code];
            expect(shown).toEqual([who.name, home, expected ?? status, json?.code]);
            expect(status).toBeLessThan(500);
            const isRefused = REFUSALS.has(json?.code);
            expect([...shown, isRefused]).toEqual([...shown, false]);
          }
        }
      },
      MINUTE,
    );
  }
});
