import { afterAll, beforeAll, expect, test } from "bun:test";
import { basic } from "../support/http-client.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

const people = ["helpdesk", "keeper", "target"].map((name) => ({
  name,
  password: `a horse called ${name}, of course`,
  administrator: false,
}));

let registry: TestRegistry;
let ids: Map<string, string>;

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
type Json = any;

async function ask(who: string, method: string, path: string, body?: unknown) {
  const password = people.find(({ name }) => name === who)?.password ?? ADMIN.password;
  const response = await fetch(`${registry.url}/api/v1${path}`, {
    method,
    headers: { authorization: basic({ name: who, password }), "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: (text === "" ? null : JSON.parse(text)) as Json };
}

async function give(who: string, role: string, path = "/bindings") {
  const subject = { kind: "principal", id: ids.get(who) ?? who };
  const { status, json } = await ask("admin", "POST", path, { subject, role });
  expect(status).toBe(201);
  return json.id as string;
}

beforeAll(async () => {
  registry = await startRegistry({ accounts: people });
  const { json } = await ask("admin", "GET", "/users");
  ids = new Map(json.items.map(({ name, id }: Json) => [name, id]));
  const role = (name: string, permissions: string[]) =>
    ask("admin", "POST", "/roles", { name, permissions }).then((made) => made.json.id as string);
  const people2 = ["user:read", "user:update", "group:read", "group:update", "group:create"];
  await give("helpdesk", await role("helpdesk", people2));
  await ask("admin", "POST", "/projects", { name: "team" });
  const robots = ["project:read", "robot:read", "robot:write", "trust:read", "trust:write"];
  await give("keeper", await role("keeper", robots), "/projects/team/members");
});

afterAll(() => registry.close());

test("whoever may set passwords does not become somebody stronger by it (A31)", async () => {
  const path = `/users/${ids.get("target")}/password`;
  expect((await ask("helpdesk", "PUT", path, {})).status).toBe(200);
  const binding = await give("target", "developer", "/projects/team/members");
  const refused = await ask("helpdesk", "PUT", path, {});
  expect([refused.status, refused.json.code]).toEqual([403, "access.more_than_held"]);
  await ask("admin", "DELETE", `/projects/team/members/${binding}`);
  expect((await ask("helpdesk", "PUT", path, {})).status).toBe(200);
  // What somebody had in a project that is gone gives them nothing.
  await ask("admin", "POST", "/projects", { name: "gone" });
  await give("target", "developer", "/projects/gone/members");
  expect((await ask("helpdesk", "PUT", path, {})).status).toBe(403);
  await ask("admin", "DELETE", "/projects/gone");
  expect((await ask("helpdesk", "PUT", path, {})).status).toBe(200);
  const admin = ids.get("admin");
  expect((await ask("helpdesk", "PUT", `/users/${admin}/password`, {})).status).toBe(403);
  expect((await ask("helpdesk", "DELETE", `/users/${admin}/factors`)).status).toBe(403);
  const promoted = await ask("helpdesk", "PUT", `/users/${ids.get("helpdesk")}/administrator`, {
    administrator: true,
  });
  expect(promoted.status).toBe(403);
});

test("nor by putting themselves into a group that may more, nor by linking one", async () => {
  const group = (await ask("admin", "POST", "/groups", { name: "chiefs" })).json.id;
  const me = `/groups/${group}/members/${ids.get("helpdesk")}`;
  expect((await ask("helpdesk", "PUT", me)).status).toBe(204);
  expect((await ask("helpdesk", "DELETE", me)).status).toBe(204);
  const subject = { kind: "group", id: group };
  await ask("admin", "POST", "/bindings", { subject, role: "administrator" });
  const refused = await ask("helpdesk", "PUT", me);
  expect([refused.status, refused.json.code]).toEqual([403, "access.more_than_held"]);
  const link = { provider: "local", externalName: "everybody" };
  expect((await ask("helpdesk", "POST", `/groups/${group}/links`, link)).status).toBe(403);
});

test("nor by the secret of a robot that may more, nor by trusting themselves to be it", async () => {
  const made = await ask("keeper", "POST", "/projects/team/robots", { name: "ci" });
  expect(made.status).toBe(201);
  const { id } = made.json;
  const secrets = `/projects/team/robots/${id}/secrets`;
  expect((await ask("keeper", "POST", secrets, {})).status).toBe(201);
  await give(id, "developer", "/projects/team/members");
  const refused = await ask("keeper", "POST", secrets, {});
  expect([refused.status, refused.json.code]).toEqual([403, "access.more_than_held"]);
  const rule = await ask("keeper", "POST", "/projects/team/trust-rules", {
    name: "mine",
    robotId: id,
    issuer: "https://issuer.example.com",
    audience: "registry",
    subject: "me",
  });
  expect([rule.status, rule.json.code]).toEqual([403, "access.more_than_held"]);
});
