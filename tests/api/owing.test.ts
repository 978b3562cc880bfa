import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { Secret, TOTP } from "otpauth";
import type { Database } from "../../src/platform/database/port.ts";
import { Browser } from "../support/browser.ts";
import { openFresh } from "../support/database.ts";
import { operations } from "./operations.ts";
import { snapshot } from "./snapshot.ts";
import { bodyOf, targetOf } from "./targets.ts";
import { account, must, openTenants, type Tenants } from "./tenants.ts";

setDefaultTimeout(60_000);

const STEP = 30_000;

let tenants: Tenants;
let db: Database;

/** What each session owes, and the refusal that says so. */
const OWING = {
  factor: "session.factor_needed",
  enrolment: "session.enrolment_needed",
  password: "session.password_change_needed",
} as const;

type Debt = keyof typeof OWING;

/** What a session that owes may do all the same: look at itself, end, and pay. */
const PAYS: Readonly<Record<Debt, readonly string[]>> = {
  factor: ["getSession", "logout", "showFactor", "askOwnPasskey", "confirmSession"],
  enrolment: [
    ...["getSession", "logout", "showFactor", "askOwnPasskey", "confirmSession"],
    ...["beginTotp", "confirmTotp", "beginPasskey", "addPasskey", "replacePassword"],
    ...["removeFactor", "renewRecoveryCodes"],
  ],
  password: [
    ...["getSession", "logout", "showFactor", "askOwnPasskey", "confirmSession"],
    "replacePassword",
  ],
};

const sessions = new Map<Debt, { cookie: string; csrf: string }>();

async function enter(debt: Debt, name: string, password: string): Promise<void> {
  const browser = new Browser(tenants.registry.url);
  const { json } = await browser.login(name, password);
  expect(json.state).toBe(`owes-${debt}`);
  sessions.set(debt, { cookie: browser.session ?? "", csrf: browser.csrf ?? "" });
}

beforeAll(async () => {
  tenants = await openTenants();
  db = await openFresh(tenants.registry.database);
  const { admin, users } = tenants;
  const enrolled = await tenants.signedIn("chief");
  const offer = await must((...all) => enrolled.ask(...all), "POST", "/me/factors/totp", {
    name: "phone",
  });
  const phone = new TOTP({ secret: Secret.fromBase32(offer.secret), digits: 6, period: 30 });
  const code = phone.generate({ timestamp: Date.now() - STEP });
  const confirm = `/me/factors/totp/${offer.id}/confirm`;
  await must((...all) => enrolled.ask(...all), "POST", confirm, { code });
  await enter("factor", "chief", account("chief").password);
  const permissions = ["project:create", "user:read", "user:update"];
  const guarded = { name: "guarded", permissions, secondFactor: true };
  const role = await must(admin, "POST", "/roles", guarded);
  const subject = { kind: "principal", id: users.keeper };
  await must(admin, "POST", "/bindings", { subject, role: role.id });
  await enter("enrolment", "keeper", account("keeper").password);
  const made = await must(admin, "POST", "/users", { name: "newcomer" });
  await enter("password", "newcomer", made.password);
});

afterAll(async () => {
  await db.close();
  await tenants.close();
});

describe("a session that owes something does nothing but pay it (A44)", () => {
  const shut = operations.filter(({ action }) => action !== "public");

  for (const debt of Object.keys(OWING) as Debt[]) {
    const refused = shut.filter(({ id }) => !PAYS[debt].includes(id));

    test.each(refused)(`owing its ${debt}: $id`, async (operation) => {
      const browser = new Browser(tenants.registry.url);
      const { cookie, csrf } = sessions.get(debt) ?? { cookie: "", csrf: "" };
      browser.cookies.set("entrepot_session", cookie);
      browser.csrf = csrf;
      const before = await snapshot(db);
      const target = targetOf(tenants, operation);
      const { status, json } = await browser.ask(
        operation.method,
        target,
        bodyOf(tenants, operation),
      );
      expect([status, json?.code]).toEqual([403, OWING[debt]]);
      expect(await snapshot(db)).toBe(before);
    });
  }

  test("what it may do is open to it", async () => {
    for (const debt of Object.keys(OWING) as Debt[]) {
      const browser = new Browser(tenants.registry.url);
      browser.cookies.set("entrepot_session", sessions.get(debt)?.cookie ?? "");
      const { status, json } = await browser.ask("GET", "/session");
      expect([status, json.state]).toEqual([200, `owes-${debt}`]);
    }
  });
});
