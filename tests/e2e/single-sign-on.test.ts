import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { type Idp, startIdp } from "../support/idp.ts";
import { ask } from "./acts.ts";
import { reading, startChromium } from "./chromium.ts";
import { type ConsoleUnderTest, startConsole } from "./world.ts";

const SECRET = "a secret of the client";

let browser: Browser;
let entrepot: ConsoleUnderTest;
let harbour: Idp;
let customs: Idp;

/** A provider must know where the console is, and the console where its providers are. */
function idp(url: string, name: string): Promise<Idp> {
  return startIdp({
    clients: [
      {
        id: "entrepot",
        secret: SECRET,
        redirectUris: [`${url}/api/v1/auth/oidc/${name}/callback`],
      },
    ],
    accounts: [
      { id: "u-1", claims: { preferred_username: "grace", name: "Grace of the Harbour" } },
    ],
  });
}

beforeAll(async () => {
  browser = await startChromium();
  const placed = await startConsole();
  const { url } = placed;
  [harbour, customs] = await Promise.all([idp(url, "harbour"), idp(url, "customs")]);
  const provider = (name: string, label: string, { issuer }: Idp, admits: boolean) => ({
    type: "oidc",
    name,
    label,
    issuer,
    auto_provision: admits,
    client_id: "entrepot",
    client_secret: SECRET,
  });
  const providers = [
    { type: "local", name: "local" },
    provider("harbour", "Harbour Office", harbour, true),
    provider("customs", "Customs", customs, false),
  ];
  await placed.registry.restart({ "auth.providers": JSON.stringify(providers) });
  entrepot = placed;
});

afterAll(async () => {
  await browser.close();
  await entrepot.close();
  await harbour.close();
  await customs.close();
});

async function signInAt(page: Page, label: string, issuer: string): Promise<void> {
  await page.getByRole("link", { name: `Sign in with ${label}` }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor({ state: "detached" });
  expect(new URL(page.url()).origin).toBe(issuer);
  await page.getByLabel("Account").fill("u-1");
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("through a provider and back to where the reader wanted to go", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    await page.goto("/profile?tab=sessions");
    await signInAt(page, "Harbour Office", harbour.issuer);
    await page.getByRole("tab", { name: "Sessions", selected: true }).waitFor();
    await page.getByText("Harbour Office").waitFor();
    await page.getByRole("button", { name: "Account: Grace of the Harbour" }).waitFor();
    await page.getByRole("tab", { name: "Account" }).click();
    await page.getByText("Comes from: Harbour Office").waitFor();
    // Their password is kept elsewhere.
    expect(await page.getByRole("button", { name: "Change the password" }).count()).toBe(0);
    const session = await ask(page, "GET", "/session");
    expect(session.json).toMatchObject({ state: "active", methods: ["sign-in"] });
  });
});

test("a provider that knows somebody who has no account here", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    await page.goto("/sign-in");
    await signInAt(page, "Customs", customs.issuer);
    const alert = page.getByRole("alert");
    await alert.getByText("The provider knows you, but you have no account here.").waitFor();
    await page.getByText("简体中文").click();
    await alert.getByText("身份提供方认识您，但您在此没有账户。").waitFor();
  });
});

test("a provider that says no, and an answer that nobody asked for", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    await page.goto("/sign-in");
    const query = "error=access_denied&error_description=call+555+now&state=forged";
    await page.goto(`/api/v1/auth/oidc/harbour/callback?${query}`);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await page.content()).not.toContain("555");
    expect(new URL(page.url()).pathname).toBe("/sign-in");
  });
});

test("a link cannot put words of its own on the page", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    await page.goto("/sign-in?error=Your+account+is+locked%3A+call+555");
    await page.getByLabel("User name").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(await page.locator("body").textContent()).not.toContain("555");
  });
});
