import { afterAll, beforeAll, expect, test } from "bun:test";
import { Secret, TOTP } from "otpauth";
import { SoftwareAuthenticator } from "../support/authenticator.ts";
import { Browser } from "../support/browser.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

const people = ["ann", "ben", "cleo", "dan"].map((name) => ({
  name,
  password: `a horse called ${name}, of course`,
  administrator: name === "dan",
}));

const ORIGIN = "http://localhost:5000";
let registry: TestRegistry;

beforeAll(async () => {
  // Where the console is, as far as authenticators know; the tests themselves reach it elsewhere.
  registry = await startRegistry({ accounts: people, settings: { "server.public_url": ORIGIN } });
});

afterAll(() => registry.close());

function passwordOf(name: string): string {
  return people.find((each) => each.name === name)?.password ?? ADMIN.password;
}

async function signIn(name: string): Promise<Browser> {
  const browser = new Browser(registry.url);
  await browser.login(name, passwordOf(name));
  return browser;
}

/** The code that a phone shows, some steps of 30 seconds from now. */
function codeOf(secret: string, steps = 0): string {
  const phone = new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period: 30 });
  return phone.generate({ timestamp: Date.now() + steps * 30_000 });
}

async function enrol(browser: Browser): Promise<{ secret: string; codes: string[] }> {
  const begun = await browser.ask("POST", "/me/factors/totp", { name: "phone" });
  expect(begun.status).toBe(201);
  const { id, secret } = begun.json;
  const path = `/me/factors/totp/${id}/confirm`;
  // The step before, so that the present one is still free for the next sign-in.
  const done = await browser.ask("POST", path, { code: codeOf(secret, -1) });
  expect(done.status).toBe(200);
  browser.csrf = (await browser.ask("GET", "/session")).json.csrfToken;
  return { secret, codes: done.json.recoveryCodes };
}

test("with an authenticator app the password alone opens nothing", async () => {
  const first = await signIn("ann");
  const { secret, codes } = await enrol(first);
  expect(codes).toHaveLength(10);
  const browser = await signIn("ann");
  const state = (await browser.ask("GET", "/session")).json;
  expect(state).toMatchObject({ state: "owes-factor", factors: { totp: true } });
  expect((await browser.ask("GET", "/me")).json.code).toBe("session.factor_needed");
  const before = browser.session;
  const wrong = await browser.ask("POST", "/session/factor", { kind: "totp", code: "000000" });
  expect(wrong.status).toBeGreaterThanOrEqual(400);
  const code = codeOf(secret);
  const shown = await browser.ask("POST", "/session/factor", { kind: "totp", code });
  expect(shown.json.state).toBe("active");
  expect(browser.session).not.toBe(before);
  expect((await browser.ask("GET", "/me")).json).toMatchObject({ secondFactor: true });
  // A code counts once, also for whoever looked over the shoulder.
  const again = await signIn("ann");
  const replayed = await again.ask("POST", "/session/factor", { kind: "totp", code });
  expect(replayed.status).toBeGreaterThanOrEqual(400);
  // The cookie from before the factor is dead (A44).
  browser.cookies.set("entrepot_session", before ?? "");
  expect((await browser.ask("GET", "/session")).status).toBe(401);
  // Machines show a token: neither factor can be typed there.
  const basic = await registry.as({ name: "ann", password: passwordOf("ann") }).get("/v2/");
  expect(basic.status).toBe(401);
});

test("a recovery code works once", async () => {
  const { codes } = await enrol(await signIn("ben"));
  const [code] = codes;
  const browser = await signIn("ben");
  const shown = await browser.ask("POST", "/session/factor", { kind: "recovery", code });
  expect(shown.json).toMatchObject({ state: "active", factors: { recoveryCodesLeft: 9 } });
  const again = await signIn("ben");
  const refused = await again.ask("POST", "/session/factor", { kind: "recovery", code });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect((await again.ask("GET", "/session")).json.state).toBe("owes-factor");
});

test("a passkey is a second factor, and a sign-in by itself", async () => {
  const device = new SoftwareAuthenticator(ORIGIN);
  const browser = await signIn("cleo");
  const offer = (await browser.ask("POST", "/me/factors/passkeys/options", {})).json;
  const made = await browser.ask("POST", "/me/factors/passkeys", {
    name: "key",
    ticket: offer.ticket,
    response: device.create(offer.options),
  });
  expect(made.status).toBe(201);
  const second = await signIn("cleo");
  expect((await second.ask("GET", "/session")).json.state).toBe("owes-factor");
  const asked = (await second.ask("POST", "/session/factor/passkey-options", {})).json;
  const answer = { kind: "passkey", ticket: asked.ticket, response: device.get(asked.options) };
  expect((await second.ask("POST", "/session/factor", answer)).json.state).toBe("active");
  const alone = new Browser(registry.url);
  const open = (await alone.ask("POST", "/auth/passkey/options", {})).json;
  const shown = { ticket: open.ticket, response: device.get(open.options) };
  const signed = await alone.ask("POST", "/auth/passkey", shown);
  expect(signed.json).toMatchObject({ state: "active", secondFactor: true });
  expect((await alone.ask("GET", "/me")).json.name).toBe("cleo");
  // The ticket is spent.
  const { json } = await new Browser(registry.url).ask("POST", "/auth/passkey", shown);
  expect(json.code).toBe("factor.challenge_expired");
});

test("what hurts needs a fresh proof, and a role can demand a second factor", async () => {
  const brief = await startRegistry({
    accounts: people,
    settings: { "auth.step_up": "1m" },
  });
  try {
    const admin = new Browser(brief.url);
    await admin.login("dan", passwordOf("dan"));
    await admin.ask("POST", "/projects", { name: "old" });
    // Right after signing in it is fresh; the row says when it was.
    expect((await admin.ask("DELETE", "/projects/old")).status).toBe(200);
    const role = { name: "guarded", permissions: ["project:create"], secondFactor: true };
    const made = await admin.ask("POST", "/roles", role);
    expect(made.status).toBe(201);
    const { items } = (await admin.ask("GET", "/users?name=ann")).json;
    const subject = { kind: "principal", id: items[0].id };
    const given = await admin.ask("POST", "/bindings", { subject, role: made.json.id });
    expect(given.status).toBe(201);
    const ann = new Browser(brief.url);
    await ann.login("ann", passwordOf("ann"));
    expect((await ann.ask("GET", "/session")).json.state).toBe("owes-enrolment");
    expect((await ann.ask("GET", "/me")).json.code).toBe("session.enrolment_needed");
    await enrol(ann);
    expect((await ann.ask("GET", "/me")).status).toBe(200);
    expect((await ann.ask("POST", "/projects", { name: "anns" })).status).toBe(201);
  } finally {
    await brief.close();
  }
});
