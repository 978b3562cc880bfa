import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Browser } from "../support/browser.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

const ALICE = { name: "alice", password: "a horse of another colour", administrator: false };

let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry({ accounts: [ALICE] });
});

afterAll(() => registry.close());

async function signedIn(): Promise<Browser> {
  const browser = new Browser(registry.url);
  const { status, json } = await browser.login(ALICE.name, ALICE.password);
  expect(status).toBe(200);
  expect(json.state).toBe("active");
  return browser;
}

test("the ways to sign in are known to everybody", async () => {
  const { json } = await new Browser(registry.url).ask("GET", "/auth/providers");
  expect(json.items).toEqual([{ name: "local", label: expect.any(String), type: "local" }]);
});

test("a session begins with the right password and ends on the server (A44)", async () => {
  const browser = await signedIn();
  const { json } = await browser.ask("GET", "/me");
  expect(json).toMatchObject({ name: "alice", via: "session", administrator: false });
  const cookie = browser.session ?? "";
  expect((await browser.ask("DELETE", "/session")).json).toEqual({ redirect: null });
  expect(browser.session).toBeUndefined();
  browser.cookies.set("entrepot_session", cookie);
  expect((await browser.ask("GET", "/me")).status).toBe(401);
  expect((await browser.ask("GET", "/session")).status).toBe(401);
});

test("the cookie is not for scripts, and nobody chooses its value (A44)", async () => {
  const browser = new Browser(registry.url);
  browser.cookies.set("entrepot_session", `ent_ses_${"A".repeat(43)}`);
  const { headers } = await browser.login(ALICE.name, ALICE.password);
  const [line = ""] = headers.getSetCookie();
  expect(line).toMatch(
    /^entrepot_session=ent_ses_\w{43,}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  expect(line).not.toContain("AAAAAAAA");
});

test("behind a proxy that ends TLS the cookie is bound to the host and never sent in clear", async () => {
  const behind = await startRegistry({
    accounts: [ALICE],
    settings: { "server.trusted_proxies": "127.0.0.1/32" },
  });
  try {
    const browser = new Browser(behind.url);
    const body = { name: ALICE.name, password: ALICE.password };
    const { headers } = await browser.ask("POST", "/auth/login", body, {
      "x-forwarded-proto": "https",
    });
    const [line = ""] = headers.getSetCookie();
    expect(line).toStartWith("__Host-entrepot=");
    expect(line).toContain("; Secure");
    expect(line).not.toContain("Domain");
  } finally {
    await behind.close();
  }
});

describe("refused alike (A40)", () => {
  test.each([
    ["a wrong password", ALICE.name, "wrong"],
    ["an unknown name", "nobody", ALICE.password],
    ["a token's form", ALICE.name, `ent_pat_${"0".repeat(49)}`],
  ])("%s", async (_, name, password) => {
    const browser = new Browser(registry.url);
    const { status, json, headers } = await browser.login(name, password);
    expect([status, json.code]).toEqual([401, "access.bad_credentials"]);
    expect(headers.getSetCookie()).toEqual([]);
    expect(json.details).toEqual({});
  });
});

describe("another site can do nothing with the session (A44)", () => {
  test.each([
    ["without the CSRF token", { "x-csrf-token": "" }],
    ["with another session's token", { "x-csrf-token": "A".repeat(43) }],
    ["from another origin", { origin: "https://evil.example" }],
    ["from an origin that is none", { origin: "null" }],
    ["from a sibling site", { "sec-fetch-site": "same-site" }],
  ])("%s", async (_, headers) => {
    const browser = await signedIn();
    const { status, json } = await browser.ask("PATCH", "/me", { displayName: "x" }, headers);
    expect([status, json.code]).toEqual([403, "api.cross_site"]);
    expect((await browser.ask("GET", "/me")).json.displayName).toBeNull();
  });

  test("nor sign somebody in", async () => {
    const browser = new Browser(registry.url);
    browser.origin = "https://evil.example";
    const { status, headers } = await browser.login(ALICE.name, ALICE.password);
    expect(status).toBe(403);
    expect(headers.getSetCookie()).toEqual([]);
  });

  test("nor read: no origin is ever allowed", async () => {
    const browser = await signedIn();
    for (const method of ["GET", "OPTIONS"]) {
      const { headers } = await browser.ask(method, "/me", undefined, {
        origin: "https://evil.example",
      });
      for (const name of headers.keys()) expect(name).not.toStartWith("access-control-");
    }
  });
});

test("a new password ends every other session and gives this one another cookie (A39)", async () => {
  const other = await signedIn();
  const browser = await signedIn();
  const before = browser.session;
  const fresh = "quite another horse altogether";
  const words = { oldPassword: ALICE.password, newPassword: fresh };
  expect((await browser.ask("PUT", "/me/password", words)).status).toBe(204);
  expect(browser.session).not.toBe(before);
  expect((await browser.ask("GET", "/me")).status).toBe(200);
  expect((await other.ask("GET", "/me")).status).toBe(401);
  browser.csrf = (await browser.ask("GET", "/session")).json.csrfToken;
  const back = { oldPassword: fresh, newPassword: ALICE.password };
  expect((await browser.ask("PUT", "/me/password", back)).status).toBe(204);
});

test("an account with a password of somebody else's choice does nothing but change it", async () => {
  const admin = new Browser(registry.url);
  await admin.login(ADMIN.name, ADMIN.password);
  const made = await admin.ask("POST", "/users", { name: "bob" });
  expect(made.status).toBe(201);
  const bob = new Browser(registry.url);
  expect((await bob.login("bob", made.json.password)).json.state).toBe("owes-password");
  expect((await bob.ask("GET", "/me")).json.code).toBe("session.password_change_needed");
  const words = { oldPassword: made.json.password, newPassword: "bob has a horse as well" };
  const changed = await bob.ask("POST", "/session/password", words);
  expect(changed.json.state).toBe("active");
  expect((await bob.ask("GET", "/me")).json.name).toBe("bob");
});

test("sessions are listed and ended by their owner alone", async () => {
  const one = await signedIn();
  const two = await signedIn();
  const { json } = await one.ask("GET", "/me/sessions");
  const others = json.items.filter((each: { current: boolean }) => !each.current);
  expect(json.items.length - others.length).toBe(1);
  const admin = new Browser(registry.url);
  await admin.login(ADMIN.name, ADMIN.password);
  expect((await admin.ask("DELETE", `/me/sessions/${others[0].id}`)).status).toBe(404);
  expect((await two.ask("GET", "/me")).status).toBe(200);
  expect((await one.ask("DELETE", "/me/sessions")).json.ended).toBe(others.length);
  expect((await two.ask("GET", "/me")).status).toBe(401);
  expect((await one.ask("GET", "/me")).status).toBe(200);
});
