import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import type { RestAnswer } from "../support/browser.ts";
import { openFresh } from "../support/database.ts";
import { exampleBody } from "./examples.ts";
import { fill, type Operation, operations } from "./operations.ts";
import { snapshot } from "./snapshot.ts";
import { CONTENT, GHOST, ghostOf, homesOf, idsOf } from "./targets.ts";
import { type Ask, type Home, must, openTenants, type Tenants } from "./tenants.ts";

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

function send(ask: Ask, operation: Operation, home: Home, path: string): Promise<RestAnswer> {
  const { id, method, body } = operation;
  const example = body === undefined ? undefined : exampleBody(id, tenants, home);
  return ask(method, path, example);
}

/** Every id that there is, by what it names and where. */
function pool(): { readonly id: string; readonly is: string; readonly home: Home }[] {
  const { things, contents, others, group, users, projectIds } = tenants;
  const all = (["system", "alpha", "beta"] as const).flatMap((home) => {
    const stored = home === "system" ? {} : contents[home];
    return Object.entries({ ...things[home], ...stored }).map(([is, id]) => ({ id, is, home }));
  });
  const system = {
    ...others,
    spare: users.spare ?? "",
    group,
    ...projectIds,
    id: tenants.deleted,
    job: tenants.jobs.failed,
    scrub: tenants.scrubs.running,
    backup: tenants.backups.kept,
  };
  return [
    ...all,
    ...Object.entries(system).map(([is, id]) => ({ id, is, home: "system" as const })),
  ];
}

/** What can be written where a parameter stands: a digest where one is wanted, an id where not. */
function fits(param: string, is: string): boolean {
  if (param === "digest" || param === "blob") return is === "digest" || is === "blob";
  if (param === "reference") return ["tag", "digest", "blob"].includes(is);
  return CONTENT.has(param) ? param === is : !CONTENT.has(is);
}

/** Names that need not be there: of a tag or a source to be made, and of what has a history or referrers. */
const FREE: Readonly<Record<string, string>> = {
  reportInUse: "source",
  setTag: "tag",
  listTagHistory: "tag",
  listReferrers: "reference",
};

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
    case "immutabilityRule":
    case "binding":
      return of.is === param && of.home === home;
    case "user":
      return of.is === "user" || of.is === "spare";
    case "token":
      return isUsers && of.is === "token";
    case "group":
      return of.is === "group";
    case "reference":
      return (of.is === "tag" || of.is === "digest") && of.home === home;
    case "digest":
      // Blobs are kept as well, and say why.
      if (operation.id === "whyKept" && of.is === "blob") return of.home === home;
      return of.is === param && of.home === home;
    case "repository":
    case "tag":
    case "blob":
    case "deleted":
    case "policy":
    case "run":
      return of.is === param && of.home === home;
    case "id":
    case "job":
    case "scrub":
    case "backup":
      return of.is === param;
    default:
      return false;
  }
}

const ANY_ID = /[0-9a-hjkmnp-tv-z]{26}/g;

/** An answer without what differs each time, and with the ids that were asked for replaced. */
function comparable({ status, headers, json }: RestAnswer, name: string = GHOST) {
  const told = Object.fromEntries(headers);
  for (const name of ["date", "x-request-id", "content-length"]) delete told[name];
  const text = JSON.stringify({ ...json, request: "" }).replaceAll(name, GHOST);
  return { status, told, body: JSON.parse(text.replace(ANY_ID, GHOST)) };
}

describe("an id from elsewhere is answered like one that does not exist (A27)", () => {
  const swapped = operations.filter(({ id, params }) =>
    params.some(({ name }) => !["project", "provider", "principal", FREE[id]].includes(name)),
  );

  for (const operation of swapped) {
    const { id, method, path, asked, params, action } = operation;
    const names = params.map(({ name }) => name);
    test(`${id}: ${method} ${path}`, async () => {
      const keeper = await tenants.signedIn("keeper");
      const before = await snapshot(db);
      let compared = 0;
      for (const home of homesOf(operation)) {
        const chief = tenants.as(home === "beta" ? "chief-b" : "chief");
        const asks: Ask[] =
          action === "session" ? [(...all) => keeper.ask(...all)] : [tenants.admin, chief];
        const left = ["project", "principal", FREE[id]];
        for (const param of names.filter((name) => !left.includes(name))) {
          const foreign = pool()
            .filter((each) => fits(param, each.is))
            .filter((each) => !belongs(operation, param, home, each));
          for (const ask of asks) {
            const at = (value: string) => fill(asked, { ...idsOf(tenants, home), [param]: value });
            const nobody = ghostOf(param);
            const ghost = comparable(await send(ask, operation, home, at(nobody)), nobody);
            for (const each of foreign) {
              const answer = await send(ask, operation, home, at(each.id));
              const shown = comparable(answer, CONTENT.has(param) ? each.id : GHOST);
              expect([each.is, each.home, shown]).toEqual([each.is, each.home, ghost]);
              expect(answer.status).toBeGreaterThanOrEqual(400);
              compared += 1;
            }
          }
        }
      }
      expect(compared).toBeGreaterThan(3);
      expect(await snapshot(db)).toBe(before);
    });
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

  test("who may not see a project does not learn that there is one", async () => {
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
          const path = fill(operation.asked, { ...idsOf(tenants, "alpha"), project });
          const answer = await send(outsider, operation, "alpha", path);
          return comparable(answer, project);
        }),
      );
      const [real, ghost] = answers;
      expect([operation.id, real]).toEqual([operation.id, ghost]);
    }
  });
});
