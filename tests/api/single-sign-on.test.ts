import { afterAll, beforeAll, expect, test } from "bun:test";
import { Browser } from "../support/browser.ts";
import { type Idp, startIdp } from "../support/idp.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

let first: Idp;
let second: Idp;
let registry: TestRegistry;
const ORIGIN = "http://registry.test";
const callback = (name: string) => `${ORIGIN}/api/v1/auth/oidc/${name}/callback`;

async function idp(name: string): Promise<Idp> {
  return startIdp({
    clients: [{ id: "entrepot", secret: "a secret of the client", redirectUris: [callback(name)] }],
    accounts: [
      { id: "u-1", claims: { preferred_username: "grace", name: "Grace", groups: ["builders"] } },
      { id: "u-2", claims: { preferred_username: "admin", name: "No admin", groups: [] } },
    ],
  });
}

beforeAll(async () => {
  first = await idp("first");
  second = await idp("second");
  const provider = (name: string, { issuer }: Idp) => ({
    type: "oidc",
    name,
    label: name.toUpperCase(),
    issuer,
    auto_provision: true,
    claims: { groups: "groups" },
    client_id: "entrepot",
    client_secret: "a secret of the client",
    scopes: ["openid", "profile", "email", "groups"],
  });
  const providers = [
    { type: "local", name: "local" },
    provider("first", first),
    provider("second", second),
  ];
  registry = await startRegistry({
    settings: {
      "auth.providers": JSON.stringify(providers),
      "server.public_url": ORIGIN,
    },
  });
});

afterAll(async () => {
  await registry.close();
  await first.close();
  await second.close();
});

/** Goes to the provider and comes back; gives the last answer. */
async function go(
  browser: Browser,
  at: Idp,
  name: string,
  account: string,
  returnTo = "/profile",
  fresh = false,
) {
  const begun = await browser.ask(
    "GET",
    `/auth/oidc/${name}/begin?returnTo=${encodeURIComponent(returnTo)}&fresh=${fresh}`,
  );
  expect(begun.status).toBe(302);
  const back = await at.signIn(begun.headers.get("location") ?? "", account);
  return browser.ask("GET", `${registry.url}${back.pathname}${back.search}`);
}

test("there and back again: an account of its own, with the groups of the provider", async () => {
  const admin = new Browser(registry.url);
  await admin.login(ADMIN.name, ADMIN.password);
  const group = (await admin.ask("POST", "/groups", { name: "builders" })).json;
  const link = { provider: "first", externalName: "builders" };
  expect((await admin.ask("POST", `/groups/${group.id}/links`, link)).status).toBe(200);

  const browser = new Browser(registry.url);
  const done = await go(browser, first, "first", "u-1");
  expect([done.status, done.headers.get("location")]).toEqual([302, "/profile"]);
  const me = (await browser.ask("GET", "/me")).json;
  expect(me).toMatchObject({ name: "grace", origin: "first", groups: [{ name: "builders" }] });

  // The same person of another provider is somebody else (A42).
  const other = new Browser(registry.url);
  await go(other, second, "second", "u-1");
  const them = (await other.ask("GET", "/me")).json;
  expect(them.id).not.toBe(me.id);
  expect(them).toMatchObject({ origin: "second", groups: [] });

  // Who has left the group has left it here, at the next sign-in (A39).
  first.accounts.set("u-1", { id: "u-1", claims: { preferred_username: "grace", groups: [] } });
  await go(browser, first, "first", "u-1");
  expect((await browser.ask("GET", "/me")).json).toMatchObject({ id: me.id, groups: [] });
});

test("whoever the provider let through in silence proves themselves before what hurts", async () => {
  const browser = new Browser(registry.url);
  await go(browser, first, "first", "u-1");
  const state = (await browser.ask("GET", "/session")).json;
  expect(state.methods).toEqual(["sign-in"]);
  const refused = await browser.ask("POST", "/me/factors/totp", { name: "phone" });
  expect(refused.json.code).toBe("session.step_up_needed");
  await go(browser, first, "first", "u-1", "/profile", true);
  await browser.ask("GET", "/session");
  expect((await browser.ask("POST", "/me/factors/totp", { name: "phone" })).status).toBe(201);
});

test("nobody becomes the administrator by being called so elsewhere (A42)", async () => {
  const browser = new Browser(registry.url);
  await go(browser, first, "first", "u-2");
  const { json } = await browser.ask("GET", "/me");
  expect(json.administrator).toBe(false);
  expect(json.name).not.toBe("admin");
});

test("a disabled account stays disabled, whatever the provider says (A39)", async () => {
  const browser = new Browser(registry.url);
  await go(browser, second, "second", "u-2");
  const { id } = (await browser.ask("GET", "/me")).json;
  const admin = new Browser(registry.url);
  await admin.login(ADMIN.name, ADMIN.password);
  expect((await admin.ask("POST", `/users/${id}/disable`)).status).toBe(200);
  expect((await browser.ask("GET", "/me")).status).toBe(401);
  const again = await go(new Browser(registry.url), second, "second", "u-2");
  expect(again.headers.get("location")).toMatch(/^\/sign-in\?error=/);
});

test("only the browser that went can come back, and only once", async () => {
  const browser = new Browser(registry.url);
  const begun = await browser.ask("GET", "/auth/oidc/first/begin");
  const back = await first.signIn(begun.headers.get("location") ?? "", "u-1");
  const target = `${registry.url}${back.pathname}${back.search}`;
  const thief = new Browser(registry.url);
  const stolen = await thief.ask("GET", target);
  expect(stolen.headers.get("location")).toMatch(/^\/sign-in\?error=/);
  expect(thief.session).toBeUndefined();
  expect((await browser.ask("GET", target)).headers.get("location")).toBe("/");
  expect((await browser.ask("GET", target)).headers.get("location")).toMatch(/error=/);
});

test.each(["//evil.example", "/\\evil.example", "https://evil.example", "/%2f%2fevil.example\n"])(
  "it never leads elsewhere: %s",
  async (returnTo) => {
    const browser = new Browser(registry.url);
    const { headers } = await go(browser, first, "first", "u-1", returnTo);
    const location = headers.get("location") ?? "";
    expect(new URL(location, ORIGIN).origin).toBe(ORIGIN);
    expect(location).not.toMatch(/^\/[/\\]/);
  },
);

test("a person meets the sign-in page, and no bare refusal, when a provider is away", async () => {
  const away = await startRegistry({
    settings: {
      "auth.providers": JSON.stringify([
        { type: "local" },
        { type: "oidc", name: "gone", issuer: "http://127.0.0.1:9", client_id: "x" },
      ]),
      "server.public_url": ORIGIN,
    },
  });
  try {
    const browser = new Browser(away.url);
    const begun = await browser.ask("GET", "/auth/oidc/gone/begin");
    expect(begun.status).toBe(302);
    expect(begun.headers.get("location")).toBe("/sign-in?error=provider.unavailable");
    const unknown = await browser.ask("GET", "/auth/oidc/none/begin");
    expect(unknown.headers.get("location")).toBe("/sign-in?error=provider.unknown");
  } finally {
    await away.close();
  }
});
