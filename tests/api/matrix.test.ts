import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { isSystemOnly } from "../../src/features/access/permissions.ts";
import type { Database } from "../../src/platform/database/port.ts";
import type { RestAnswer } from "../support/browser.ts";
import { openFresh } from "../support/database.ts";
import { exampleBody } from "./examples.ts";
import { fill, type Operation, operations } from "./operations.ts";
import { snapshot } from "./snapshot.ts";
import { type Ask, type Home, must, openTenants, type Tenants } from "./tenants.ts";

/** Right in form, and the id of nothing. */
const GHOST = "0".repeat(26);
const STALE = { "if-match": '"v999999"' };
const MINUTE = 60_000;

/** Somebody, and the built-in roles that they have. */
interface Somebody {
  readonly name: string;
  readonly roles: Partial<Record<Home, string>>;
  readonly is?: "nobody" | "administrator" | "robot" | "limited" | "session" | "forged";
}

const EVERYBODY: readonly Somebody[] = [
  { name: "anonymous", roles: {}, is: "nobody" },
  { name: "outsider", roles: {} },
  { name: "guest", roles: { alpha: "guest" } },
  { name: "developer", roles: { alpha: "developer" } },
  { name: "maintainer", roles: { alpha: "maintainer" } },
  { name: "chief", roles: { alpha: "project-administrator" } },
  { name: "chief-b", roles: { beta: "project-administrator" } },
  { name: "auditor", roles: { system: "auditor" } },
  { name: "admin", roles: {}, is: "administrator" },
  { name: "robot of alpha", roles: { alpha: "developer" }, is: "robot" },
  { name: "token that pulls", roles: { alpha: "project-administrator" }, is: "limited" },
  { name: "session", roles: { alpha: "project-administrator" }, is: "session" },
  { name: "session without its token", roles: { alpha: "project-administrator" }, is: "forged" },
];

let tenants: Tenants;
let db: Database;
let limited = "";
const permissions = new Map<string, ReadonlySet<string>>();
const deleted: string[] = [];

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
  await must(admin, "POST", "/projects", { name: "gone" });
  deleted.push((await must(admin, "DELETE", "/projects/gone")).id);
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

const PERSONAL = new Set(["getMe", "createLoginPassword"]);

/** What becomes of the request as far as access goes: "done", or the code of the refusal. */
function verdict(operation: Operation, home: Home, who: Somebody): string {
  const { action, method, tag, id } = operation;
  if (action === "public") return "done";
  if (who.is === "forged" && method !== "GET") return "api.cross_site";
  const hasSession = who.is === "session" || who.is === "forged";
  if (action === "session") return hasSession ? "done" : "access.unauthenticated";
  if (who.is === "nobody") return "access.unauthenticated";
  if (who.is === "limited") return "access.denied";
  if (who.is === "administrator") return "done";
  if (action.startsWith("self:")) {
    const isForPeople = tag === "me" && !PERSONAL.has(id);
    return who.is === "robot" && isForPeople ? "access.denied" : "done";
  }
  const system = isSystemOnly(action as never);
  const homes: Home[] = system || home === "system" ? ["system"] : ["system", home];
  const isAllowed = homes.some((each) => permissions.get(who.roles[each] ?? "")?.has(action));
  return isAllowed ? "done" : "access.denied";
}

const STATUS: Readonly<Record<string, number>> = {
  "access.unauthenticated": 401,
  "access.denied": 403,
  "api.cross_site": 403,
};

/** The ids that really are in the path's home: the ones most worth asking for. */
function realIds(home: Home): Record<string, string | undefined> {
  const { things, others, group, users } = tenants;
  const known = { provider: "local", group, principal: users.spare, id: deleted[0] };
  return { project: home, ...things[home], ...others, ...known };
}

/** The same, but for what the last part names: nothing. */
function ghostIds(home: Home): Record<string, string | undefined> {
  const names = ["role", "robot", "rule", "binding", "user", "token", "session", "factor", "group"];
  const ghosts = Object.fromEntries([...names, "principal", "id"].map((name) => [name, GHOST]));
  return { project: home, provider: "nowhere", ...ghosts };
}

function homesOf({ path }: Operation): readonly Home[] {
  return path.startsWith("/projects/{project}") ? ["alpha", "beta"] : ["system"];
}

function send(ask: Ask, operation: Operation, home: Home, path: string): Promise<RestAnswer> {
  const { id, method, body } = operation;
  const example = body === undefined ? undefined : exampleBody(id, tenants, home);
  return ask(method, path, example);
}

const REFUSALS = new Set(Object.keys(STATUS));
/** What nobody can do without knowing more: all that is asked is that access does not refuse it. */
const UNSURE = new Set(["changePassword", "createLoginPassword", "exchangeWorkloadToken"]);

/** What an allowed request comes to that is made so as to change nothing that is needed later. */
async function harmless(
  ask: Ask,
  operation: Operation,
  home: Home,
): Promise<{ answer: RestAnswer; expected: number | undefined }> {
  const { id, method, path, params, status, action, headers, tag } = operation;
  const isOwn = tag === "me" || tag === "session" || action === "public";
  if (headers.includes("If-Match") && path === "/projects/{project}") {
    const body = method === "PATCH" ? { public: true } : undefined;
    return { answer: await ask(method, fill(path, { project: home }), body, STALE), expected: 412 };
  }
  const named = params.filter(({ name }) => name !== "project");
  const isRead = method === "GET" && !isOwn;
  if (named.length > 0 && !isRead) {
    const answer = await send(ask, operation, home, fill(path, ghostIds(home)));
    return { answer, expected: action === "public" || action === "session" ? undefined : 404 };
  }
  const answer = await send(ask, operation, home, fill(path, realIds(home)));
  const isSure = action !== "public" && action !== "session" && !UNSURE.has(id);
  return { answer, expected: isSure ? status : undefined };
}

describe("who may do what (A27): from the document and the roles' own lists", () => {
  for (const operation of operations) {
    const { id, method, path } = operation;
    test(
      `${id}: ${method} ${path}`,
      async () => {
        for (const home of homesOf(operation)) {
          const told = EVERYBODY.map((who) => ({ who, code: verdict(operation, home, who) }));
          const target = fill(path, realIds(home));
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

/** Every id that there is, by what it names and where. */
function pool(): { readonly id: string; readonly is: string; readonly home: Home }[] {
  const { things, others, group, users, projectIds } = tenants;
  const all = (["system", "alpha", "beta"] as const).flatMap((home) =>
    Object.entries(things[home]).map(([is, id]) => ({ id, is, home })),
  );
  const system = {
    ...others,
    spare: users.spare ?? "",
    group,
    ...projectIds,
    id: deleted[0] ?? "",
  };
  return [
    ...all,
    ...Object.entries(system).map(([is, id]) => ({ id, is, home: "system" as const })),
  ];
}

/** Whether what an id names is there for such a path. */
function belongs(operation: Operation, param: string, home: Home, of: ReturnType<typeof pool>[0]) {
  const { method, path } = operation;
  const isUsers = path.startsWith("/users/");
  switch (param) {
    case "role":
      // What the installation defines can be read and given everywhere, and changed only there.
      return of.is === "role" && (of.home === home || (of.home === "system" && method === "GET"));
    case "robot":
    case "rule":
    case "binding":
      return of.is === param && of.home === home;
    case "user":
      return of.is === "user" || of.is === "spare";
    case "token":
      return isUsers && of.is === "token";
    case "group":
      return of.is === "group";
    case "id":
      return of.is === "id";
    default:
      return false;
  }
}

const ANY_ID = /[0-9a-hjkmnp-tv-z]{26}/g;

/** An answer without what differs each time, and with the ids that were asked for replaced. */
function comparable({ status, headers, json }: RestAnswer, name = GHOST) {
  const told = Object.fromEntries(headers);
  for (const name of ["date", "x-request-id", "content-length"]) delete told[name];
  const text = JSON.stringify({ ...json, request: "" }).replaceAll(name, GHOST);
  return { status, told, body: JSON.parse(text.replace(ANY_ID, GHOST)) };
}

describe("an id from elsewhere is answered like one that does not exist (A27)", () => {
  const swapped = operations.filter(({ params }) =>
    params.some(({ name }) => !["project", "provider", "principal"].includes(name)),
  );

  for (const operation of swapped) {
    const { id, method, path, params, action } = operation;
    const names = params.map(({ name }) => name);
    test(
      `${id}: ${method} ${path}`,
      async () => {
        const keeper = await tenants.signedIn("keeper");
        const before = await snapshot(db);
        let compared = 0;
        for (const home of homesOf(operation)) {
          const chief = tenants.as(home === "beta" ? "chief-b" : "chief");
          const asks: Ask[] =
            action === "session" ? [(...all) => keeper.ask(...all)] : [tenants.admin, chief];
          for (const param of names.filter((name) => !["project", "principal"].includes(name))) {
            const foreign = pool().filter((each) => !belongs(operation, param, home, each));
            for (const ask of asks) {
              const at = (value: string) => fill(path, { ...realIds(home), [param]: value });
              const ghost = comparable(await send(ask, operation, home, at(GHOST)));
              for (const each of foreign) {
                const answer = await send(ask, operation, home, at(each.id));
                expect([each.is, each.home, comparable(answer)]).toEqual([
                  each.is,
                  each.home,
                  ghost,
                ]);
                expect(answer.status).toBeGreaterThanOrEqual(400);
                compared += 1;
              }
            }
          }
        }
        expect(compared).toBeGreaterThan(5);
        expect(await snapshot(db)).toBe(before);
      },
      MINUTE,
    );
  }
});

describe("an id from elsewhere in a body or a filter is as good as none (A27)", () => {
  const chief = () => tenants.as("chief");

  async function alike(
    ask: Ask,
    method: string,
    path: string,
    body: (id: string) => unknown,
    ids: string[],
  ) {
    const ghost = comparable(await ask(method, path, body(GHOST)));
    for (const id of ids) {
      expect(comparable(await ask(method, path, body(id)))).toEqual(ghost);
    }
    return ghost.status;
  }

  test("a trust rule for another project's robot", async () => {
    const { things } = tenants;
    const body = (robotId: string) => ({
      ...(exampleBody("createTrustRule", tenants, "alpha") as object),
      name: "same",
      robotId,
    });
    for (const ask of [chief(), tenants.admin]) {
      const ids = [things.beta.robot, things.system.robot, tenants.users.spare ?? ""];
      const status = await alike(ask, "POST", "/projects/alpha/trust-rules", body, ids);
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });

  test("a membership with another project's role, or for another project's robot", async () => {
    const { things, users } = tenants;
    const spare = { kind: "principal", id: users.spare };
    for (const ask of [chief(), tenants.admin]) {
      const at = "/projects/alpha/members";
      const withRole = (role: string) => ({ subject: spare, role });
      expect(await alike(ask, "POST", at, withRole, [things.beta.role])).toBe(404);
      const forRobot = (id: string) => ({ subject: { kind: "principal", id }, role: "guest" });
      expect(await alike(ask, "POST", at, forRobot, [things.beta.robot, things.beta.rule])).toBe(
        400,
      );
      const own = `${at}/${things.alpha.binding}`;
      expect(await alike(ask, "PATCH", own, (role) => ({ role }), [things.beta.role])).toBe(404);
    }
    const inSystem = (role: string) => ({ subject: spare, role });
    const roles = [things.alpha.role, things.beta.role];
    expect(await alike(tenants.admin, "POST", "/bindings", inSystem, roles)).toBe(404);
  });

  test("a filter finds only what is in the project of the path", async () => {
    const { things } = tenants;
    for (const ask of [chief(), tenants.admin]) {
      const lists = [
        `/projects/alpha/members?role=${things.beta.role}`,
        `/projects/alpha/audit?objectId=${things.beta.robot}`,
        `/projects/alpha/audit?objectId=${things.system.robot}`,
      ];
      for (const path of lists) {
        expect((await must(ask, "GET", path)).items).toEqual([]);
      }
      for (const noun of ["robots", "trust-rules", "members", "roles"]) {
        const { items } = await must(ask, "GET", `/projects/alpha/${noun}?limit=200`);
        const ids = items.map(({ id }: { id: string }) => id);
        for (const id of Object.values(things.beta)) expect(ids).not.toContain(id);
      }
      const exported = await ask("GET", "/projects/alpha/audit/export");
      expect(exported.status).toBe(200);
    }
  });

  test(
    "who may not see a project does not learn that there is one",
    async () => {
      const outsider = tenants.as("outsider");
      const { items } = await must(outsider, "GET", "/projects");
      expect(items).toEqual([]);
      const known = await must(chief(), "GET", "/projects");
      expect(known.items.map(({ name }: { name: string }) => name)).toEqual(["alpha"]);
      for (const operation of operations.filter(({ path }) =>
        path.startsWith("/projects/{project}"),
      )) {
        const answers = await Promise.all(
          ["alpha", "ghosts"].map(async (project) => {
            const path = fill(operation.path, { ...realIds("alpha"), project });
            const answer = await send(outsider, operation, "alpha", path);
            return comparable(answer, project);
          }),
        );
        const [real, ghost] = answers;
        expect([operation.id, real]).toEqual([operation.id, ghost]);
      }
    },
    MINUTE,
  );
});
