import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { basic, HttpClient } from "../support/http-client.ts";
import { piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { freshSource, signIn } from "./entries.ts";
import { freshName } from "./examples.ts";
import { type Ask, account, must } from "./tenants.ts";

/** "Stops its pulls within one second on the same node." */
const SOON = 1_000;
const LAYER = piece("a layer that is soon out of reach");
const NEW_PASSWORD = "quite-another-password-than-before";

setDefaultTimeout(60_000);

let registry: TestRegistry;
let admin: Ask;

/** People whose passwords are quick to check: the tests are not about that. */
const people = Array.from({ length: 24 }, (_, at) => account(`person-${at}`));
const ids = new Map<string, string>();

beforeAll(async () => {
  registry = await startRegistry({
    accounts: people,
    settings: { "server.trusted_proxies": "127.0.0.1/32" },
  });
  const authorization = basic(ADMIN);
  const browser = await signIn(registry.url, ADMIN.name, ADMIN.password);
  admin = (method, path, body) => browser.ask(method, path, body, { authorization });
  const { items } = await must(admin, "GET", "/users?limit=200");
  for (const { name, id } of items) ids.set(name, id);
});

afterAll(() => registry.close());

/** A way to pull, which opens or does not. */
type Pull = () => Promise<number>;

function pullAs(project: string, authorization?: string): Pull {
  const client = new HttpClient(registry.url);
  const shown = authorization === undefined ? {} : { authorization };
  return async () => {
    const headers = { ...shown, "x-forwarded-for": freshSource() };
    return (await client.get(`/v2/${project}/app/manifests/v1`, headers)).status;
  };
}

async function tokens(
  project: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ access_token: string; refresh_token?: string }> {
  const scope = `repository:${project}/app:pull`;
  const body = new URLSearchParams({ ...fields, scope, client_id: "docker" });
  const response = await fetch(`${registry.url}/token`, { method: "POST", body });
  if (response.status !== 200) throw new Error(`no token: ${response.status}`);
  return (await response.json()) as { access_token: string; refresh_token?: string };
}

/** Pulls with the secret itself, with a token that was got with it, and with what came of that. */
async function pullsOf(project: string, username: string, password: string): Promise<Pull[]> {
  const login = { grant_type: "password", username, password, access_type: "offline" };
  const { access_token, refresh_token = "" } = await tokens(project, login);
  const again = { grant_type: "refresh_token", refresh_token };
  const refreshed = await tokens(project, again);
  return [
    pullAs(project, basic({ name: username, password })),
    pullAs(project, `Bearer ${access_token}`),
    pullAs(project, `Bearer ${refreshed.access_token}`),
    async () => {
      const scope = `repository:${project}/app:pull`;
      const body = new URLSearchParams({ ...again, scope });
      const headers = { "x-forwarded-for": freshSource() };
      const answer = await fetch(`${registry.url}/token`, { method: "POST", headers, body });
      if (answer.status !== 200) return answer.status;
      const { access_token: bearer } = (await answer.json()) as { access_token: string };
      return pullAs(project, `Bearer ${bearer}`)();
    },
  ];
}

interface Scene {
  readonly project: string;
  readonly user: { readonly id: string; readonly name: string; readonly password: string };
  readonly binding: string;
}

async function newProject(name: string): Promise<void> {
  await must(admin, "POST", "/projects", { name });
  await pushImage(new HttpClient(registry.url, ADMIN), `${name}/app`, "v1", [LAYER]);
}

function newUser(): Scene["user"] {
  const { name, password } = people.pop() ?? account("nobody");
  return { id: ids.get(name) ?? "", name, password };
}

/** A project with an image and somebody who may pull it. */
async function scene(role = "guest"): Promise<Scene> {
  const project = freshName();
  await newProject(project);
  const user = newUser();
  const subject = { kind: "principal", id: user.id };
  const at = `/projects/${project}/members`;
  const { id: binding } = await must(admin, "POST", at, { subject, role });
  return { project, user, binding };
}

/** Every pull opens; then something is done; then, within the second, none does. */
async function closes(pulls: readonly Pull[], act: () => Promise<unknown>): Promise<void> {
  for (const pull of pulls) expect(await pull()).toBe(200);
  for (const pull of pulls) expect(await pull()).toBe(200);
  await act();
  const begun = performance.now();
  for (const [at, pull] of pulls.entries()) {
    let status = await pull();
    while (status < 300 && performance.now() - begun < SOON) status = await pull();
    expect([at, status]).toEqual([at, status === 403 ? 403 : 401]);
  }
  // And it stays so.
  for (const pull of pulls) expect(await pull()).toBeGreaterThanOrEqual(400);
}

describe("a pull ends within a second (A39)", () => {
  test("of a member who is removed", async () => {
    const { project, user, binding } = await scene();
    await closes(await pullsOf(project, user.name, user.password), () =>
      must(admin, "DELETE", `/projects/${project}/members/${binding}`),
    );
  });

  test("of a member whose role is taken what it allowed", async () => {
    const permissions = ["repository:read", "repository:pull"];
    const role = await must(admin, "POST", "/roles", { name: freshName(), permissions });
    const { project, user } = await scene(role.id);
    await closes(await pullsOf(project, user.name, user.password), () =>
      must(admin, "PATCH", `/roles/${role.id}`, { permissions: ["repository:read"] }),
    );
  });

  test("of somebody who leaves a group, and of all when the group goes", async () => {
    for (const what of ["member", "group"] as const) {
      const project = freshName();
      await newProject(project);
      const user = newUser();
      const group = await must(admin, "POST", "/groups", { name: freshName() });
      const subject = { kind: "group", id: group.id };
      await must(admin, "POST", `/projects/${project}/members`, { subject, role: "guest" });
      await must(admin, "PUT", `/groups/${group.id}/members/${user.id}`);
      const gone = what === "group" ? "" : `/members/${user.id}`;
      await closes(await pullsOf(project, user.name, user.password), () =>
        must(admin, "DELETE", `/groups/${group.id}${gone}`),
      );
    }
  });

  test("of a user who is disabled, or deleted; the console's session too", async () => {
    for (const [method, verb] of [
      ["POST", "/disable"],
      ["DELETE", ""],
    ] as const) {
      const { project, user } = await scene();
      const browser = await signIn(registry.url, user.name, user.password);
      const session = async () => (await browser.ask("GET", "/me")).status;
      const pulls = await pullsOf(project, user.name, user.password);
      await closes([...pulls, session], () => must(admin, method, `/users/${user.id}${verb}`));
    }
  });

  test("with a password that was changed, by oneself or by another", async () => {
    for (const who of ["self", "admin"] as const) {
      const { project, user } = await scene();
      const browser = await signIn(registry.url, user.name, user.password);
      const other = await signIn(registry.url, user.name, user.password);
      const session = async () => (await other.ask("GET", "/me")).status;
      const pulls = await pullsOf(project, user.name, user.password);
      const words = { oldPassword: user.password, newPassword: NEW_PASSWORD };
      await closes([...pulls, session], async () => {
        if (who === "admin") {
          return must(admin, "PUT", `/users/${user.id}/password`, { password: NEW_PASSWORD });
        }
        return must((...all) => browser.ask(...all), "PUT", "/me/password", words);
      });
    }
  });

  test("with a personal token that is revoked, and with all that came of it", async () => {
    const { project, user } = await scene();
    const browser = await signIn(registry.url, user.name, user.password);
    const ask: Ask = (...all) => browser.ask(...all);
    for (const path of ["/me/tokens", `/users/${user.id}/tokens`]) {
      const token = await must(ask, "POST", "/me/tokens", { name: freshName() });
      const by = path.startsWith("/me") ? ask : admin;
      await closes(await pullsOf(project, user.name, token.secret), () =>
        must(by, "DELETE", `${path}/${token.id}`),
      );
    }
    // The account itself goes on.
    expect(await pullAs(project, basic(user))()).toBe(200);
  });

  test("with a robot's secret that is rotated without overlap, and of a robot that is disabled or deleted", async () => {
    for (const [method, verb, body] of [
      ["POST", "/secrets", { overlapSeconds: 0 }],
      ["POST", "/disable", undefined],
      ["DELETE", "", undefined],
    ] as const) {
      const { project } = await scene();
      const at = `/projects/${project}`;
      const robot = await must(admin, "POST", `${at}/robots`, { name: "ci" });
      const subject = { kind: "principal", id: robot.id };
      await must(admin, "POST", `${at}/members`, { subject, role: "guest" });
      await closes(await pullsOf(project, robot.name, robot.secret), () =>
        must(admin, method, `${at}/robots/${robot.id}${verb}`, body),
      );
    }
  });

  test("from a network that the project is no longer open to", async () => {
    const { project, user } = await scene();
    await closes(await pullsOf(project, user.name, user.password), () =>
      must(admin, "PATCH", `/projects/${project}`, { networks: ["192.0.2.0/24"] }),
    );
  });

  test("by everybody, of a project that goes private (A28)", async () => {
    const { project } = await scene();
    await must(admin, "PATCH", `/projects/${project}`, { public: true });
    const answer = await fetch(
      `${registry.url}/token?service=x&scope=repository:${project}/app:pull`,
    );
    const { token } = (await answer.json()) as { token: string };
    await closes([pullAs(project), pullAs(project, `Bearer ${token}`)], () =>
      must(admin, "PATCH", `/projects/${project}`, { public: false }),
    );
  });
});

describe("a name that is given again inherits nothing (A32)", () => {
  test("a project: its members, robots, tokens and trust end with it", async () => {
    const { project, user } = await scene();
    const at = `/projects/${project}`;
    const robot = await must(admin, "POST", `${at}/robots`, { name: "ci" });
    const subject = { kind: "principal", id: robot.id };
    await must(admin, "POST", `${at}/members`, { subject, role: "guest" });
    const pulls = [
      ...(await pullsOf(project, user.name, user.password)),
      ...(await pullsOf(project, robot.name, robot.secret)),
    ];
    const before = await must(admin, "GET", at);
    await closes(pulls, async () => {
      await must(admin, "DELETE", at);
      await newProject(project);
    });
    const after = await must(admin, "GET", at);
    expect(after.id).not.toBe(before.id);
    for (const noun of ["members", "robots", "trust-rules"]) {
      const { items } = await must(admin, "GET", `${at}/${noun}`);
      expect([noun, items.map(({ id }: { id: string }) => id)]).toEqual([noun, []]);
    }
    // The new one can have a robot of the same name, which is another one.
    const next = await must(admin, "POST", `${at}/robots`, { name: "cd" });
    expect(next.id).not.toBe(robot.id);
    expect((await admin("GET", `${at}/robots/${robot.id}`)).status).toBe(404);
  });

  test("a user: roles, groups, tokens and sessions end with the account", async () => {
    const { project, user } = await scene();
    const browser = await signIn(registry.url, user.name, user.password);
    const ask: Ask = (...all) => browser.ask(...all);
    const token = await must(ask, "POST", "/me/tokens", { name: "old" });
    const pulls = [
      ...(await pullsOf(project, user.name, user.password)),
      ...(await pullsOf(project, user.name, token.secret)),
    ];
    const { name, password } = user;
    await closes(pulls, async () => {
      await must(admin, "DELETE", `/users/${user.id}`);
      await must(admin, "POST", "/users", { name, password, mustChangePassword: false });
    });
    expect((await browser.ask("GET", "/me")).status).toBe(401);
    const again = await signIn(registry.url, name, password);
    const me = await must((...all) => again.ask(...all), "GET", "/me");
    expect(me.id).not.toBe(user.id);
    const mine = await must((...all) => again.ask(...all), "GET", "/me/tokens");
    expect(mine.items).toEqual([]);
    const { items } = await must((...all) => again.ask(...all), "GET", "/projects");
    expect(items).toEqual([]);
  });

  test("a group and a role: bindings to the old ones mean nothing for the new", async () => {
    const { project, user } = await scene();
    const name = freshName();
    const first = await must(admin, "POST", "/groups", { name });
    const subject = { kind: "group", id: first.id };
    const at = `/projects/${project}/members`;
    await must(admin, "POST", at, { subject, role: "maintainer" });
    await must(admin, "DELETE", `/groups/${first.id}`);
    const second = await must(admin, "POST", "/groups", { name });
    await must(admin, "PUT", `/groups/${second.id}/members/${user.id}`);
    const client = new HttpClient(registry.url, user);
    (await client.delete(`/v2/${project}/app/manifests/v1`)).expect(403);
  });
});

test("distrusting the signing keys ends every token under way at once (A36)", async () => {
  const { project, user } = await scene();
  const [, bearer, refreshed] = await pullsOf(project, user.name, user.password);
  if (bearer === undefined || refreshed === undefined) throw new Error("no tokens");
  await closes([bearer, refreshed], () =>
    must(admin, "POST", "/signing-keys/rotate", { distrust: true }),
  );
  for (const pull of (await pullsOf(project, user.name, user.password)).slice(0, 3)) {
    expect(await pull()).toBe(200);
  }
});
