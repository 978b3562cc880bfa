import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { Browser as Client } from "../support/browser.ts";
import { ADMIN } from "../support/registry.ts";
import { ask, signIn, signOut, typePassword } from "./acts.ts";
import { reading, startChromium } from "./chromium.ts";
import { Phone, plugPasskeyDevice } from "./devices.ts";
import { ageConfirmations, type ConsoleUnderTest, startConsole } from "./world.ts";

const account = (name: string) => ({
  name,
  password: `a horse called ${name}, of course`,
  administrator: false,
});
const [ANN, BEN, CLEO, DAN, EVE] = [
  account("ann"),
  account("ben"),
  account("cleo"),
  account("dan"),
  account("eve"),
] as const;

let browser: Browser;
let entrepot: ConsoleUnderTest;

beforeAll(async () => {
  browser = await startChromium();
  entrepot = await startConsole(() => ({ accounts: [ANN, BEN, CLEO, DAN, EVE] }));
});

afterAll(async () => {
  await browser.close();
  await entrepot.close();
});

/** Takes the recovery codes that the page shows, and lets it go on. */
async function keepCodes(page: Page): Promise<string[]> {
  const text = await page.getByTestId("recovery-codes").textContent();
  await page.getByRole("button", { name: "I have kept them" }).click();
  return (text ?? "").split("\n");
}

/** Sets up an authenticator app from where its name is asked for. */
async function readSecret(page: Page): Promise<Phone> {
  const secret = page.getByTestId("totp-secret");
  await page.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
  return new Phone((await secret.textContent()) ?? "");
}

async function addPhone(page: Page): Promise<{ phone: Phone; codes: string[] }> {
  await page.goto("/profile?tab=factors");
  await page.getByRole("button", { name: "Add an authenticator app" }).click();
  await page.getByLabel("What to call it").fill("My phone");
  await page.getByRole("button", { name: "Continue" }).click();
  const phone = await readSecret(page);
  await page.getByLabel("Six-digit code").fill(phone.code());
  await page.getByRole("button", { name: "Confirm" }).click();
  const codes = await keepCodes(page);
  await page.getByRole("listitem").filter({ hasText: "My phone" }).waitFor();
  return { phone, codes };
}

const second = (page: Page) => page.getByRole("heading", { name: "Second step" });
const welcome = (page: Page) => page.getByRole("heading", { name: /^Welcome/ });

async function show(page: Page, label: string, code: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(code);
  await page.keyboard.press("Enter");
}

const APP = "Code of the authenticator app";

test("an authenticator app, then signing in with it", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    await signIn(page, ANN);
    const { phone, codes } = await addPhone(page);
    expect(codes).toHaveLength(10);
    await signOut(page);
    await typePassword(page, ANN);
    await second(page).waitFor();
    // The password alone opens nothing, whatever the address.
    await page.goto("/profile?tab=sessions");
    await second(page).waitFor();
    await show(page, APP, "000000");
    await page.getByRole("alert").waitFor();
    await show(page, APP, phone.code());
    await page.getByRole("heading", { name: "Profile" }).waitFor();
    await page.goto("/");
    await page.getByText("docker does not take your password").waitFor();
  });
});

test("a recovery code lets in once", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    await signIn(page, BEN);
    const { codes } = await addPhone(page);
    const [code = ""] = codes;
    await signOut(page);
    await typePassword(page, BEN);
    await second(page).waitFor();
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await show(page, "Recovery code", code);
    await welcome(page).waitFor();
    await page.goto("/profile?tab=factors");
    await page.getByText("9 recovery codes left").waitFor();
    await signOut(page);
    await typePassword(page, BEN);
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await show(page, "Recovery code", code);
    await page.getByRole("alert").waitFor();
    await second(page).waitFor();
    // Whoever has no factor at hand is not caught there.
    await page.getByRole("button", { name: "Use another account" }).click();
    await page.getByLabel("User name").waitFor();
  });
});

test("a passkey is a second factor, and a sign-in by itself", async () => {
  await reading(browser, entrepot.url, async (reader) => {
    const { page } = reader;
    await plugPasskeyDevice(reader);
    await signIn(page, CLEO);
    await page.goto("/profile?tab=factors");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    expect(await page.getByLabel("What to call it").inputValue()).toBe("Chrome on Linux");
    await page.getByRole("button", { name: "Continue" }).click();
    expect(await keepCodes(page)).toHaveLength(10);
    await signOut(page);
    await typePassword(page, CLEO);
    await second(page).waitFor();
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await welcome(page).waitFor();
    await signOut(page);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await welcome(page).waitFor();
    expect((await ask(page, "GET", "/me")).json).toMatchObject({
      name: "cleo",
      secondFactor: true,
    });
    // Deletable only with it, once the sign-in is old.
    await ageConfirmations(entrepot.registry.database);
    await page.goto("/profile?tab=factors");
    await page.getByRole("button", { name: "Remove: Chrome on Linux" }).click();
    const question = page.getByRole("dialog", { name: "Remove Chrome on Linux?" });
    await question.getByRole("button", { name: "Remove" }).click();
    const dialog = page.getByRole("dialog", { name: "Confirm that it is you" });
    await dialog.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByText("No second factor yet.").waitFor();
  });
});

test("without a passkey the page says so, and the other ways stay", async () => {
  await reading(browser, entrepot.url, async (reader) => {
    const { page } = reader;
    await plugPasskeyDevice(reader);
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText("No passkey was used.").waitFor();
    await signIn(page, EVE);
  });
});

test("a factor is removed only by whoever has just shown one", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    await signIn(page, DAN);
    const { phone } = await addPhone(page);
    await ageConfirmations(entrepot.registry.database);
    await page.getByRole("button", { name: "Remove: My phone" }).click();
    const question = page.getByRole("dialog", { name: "Remove My phone?" });
    await question.getByRole("button", { name: "Remove" }).click();
    const dialog = page.getByRole("dialog", { name: "Confirm that it is you" });
    await dialog.waitFor();
    expect((await ask(page, "GET", "/me/factors")).json.items).toHaveLength(1);
    await show(page, APP, "000000");
    await dialog.getByRole("alert").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect((await ask(page, "GET", "/me/factors")).json.items).toHaveLength(1);
    await page.getByRole("button", { name: "Remove: My phone" }).click();
    await question.getByRole("button", { name: "Remove" }).click();
    await show(page, APP, phone.code());
    await page.getByText("No second factor yet.").waitFor();
    // One cannot be added without a fresh proof either.
    await ageConfirmations(entrepot.registry.database);
    await page.getByRole("button", { name: "Add an authenticator app" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await show(page, "Password", DAN.password);
    await readSecret(page);
  });
});

test("a project is deleted only after a fresh proof", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    await signIn(page, ADMIN);
    expect((await ask(page, "POST", "/projects", { name: "old" })).status).toBe(201);
    await ageConfirmations(entrepot.registry.database);
    const refused = await ask(page, "DELETE", "/projects/old");
    expect([refused.status, refused.json.code]).toEqual([403, "session.step_up_needed"]);
    const proof = { kind: "password", password: "not that" };
    expect((await ask(page, "POST", "/session/confirm", proof)).status).toBe(403);
    expect((await ask(page, "DELETE", "/projects/old")).status).toBe(403);
    const right = { kind: "password", password: ADMIN.password };
    expect((await ask(page, "POST", "/session/confirm", right)).status).toBe(200);
    expect((await ask(page, "DELETE", "/projects/old")).status).toBe(200);
    // The page has another CSRF token by now than it was given; it finds out by itself.
    await page.getByRole("link", { name: "Access tokens" }).click();
    await page.getByRole("tab", { name: "Account" }).click();
    await page.getByLabel("Display name").fill("The Boss");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Account: The Boss" }).waitFor();
  });
});

test("whose role demands a factor sets one up first, and has time to keep the codes", async () => {
  const admin = new Client(entrepot.registry.url);
  admin.origin = entrepot.url;
  await admin.login(ADMIN.name, ADMIN.password);
  const role = { name: "guarded", permissions: ["project:create"], secondFactor: true };
  const made = await admin.ask("POST", "/roles", role);
  expect(made.status).toBe(201);
  const { items } = (await admin.ask("GET", "/users?name=eve")).json;
  const subject = { kind: "principal", id: items[0].id };
  const given = await admin.ask("POST", "/bindings", { subject, role: made.json.id });
  expect(given.status).toBe(201);
  await reading(browser, entrepot.url, async ({ page }) => {
    await page.clock.install();
    await typePassword(page, EVE);
    await page.getByRole("heading", { name: "Set up a second factor" }).waitFor();
    await page.getByRole("button", { name: "Add an authenticator app" }).click();
    const phone = await readSecret(page);
    await page.getByLabel("Six-digit code").fill(phone.code());
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("heading", { name: "Recovery codes" }).waitFor();
    // Away to the password manager and back: the session is looked at again, and is complete.
    await page.clock.fastForward("05:00");
    const looked = page.waitForResponse((answer) => answer.url().endsWith("/api/v1/session"));
    await page.evaluate(`document.dispatchEvent(new Event("visibilitychange", { bubbles: true }))`);
    expect((await (await looked).json()).state).toBe("active");
    await keepCodes(page);
    await welcome(page).waitFor();
  });
});
