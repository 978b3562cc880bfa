import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { signIn } from "./acts.ts";
import { reading, startChromium } from "./chromium.ts";
import { type ConsoleUnderTest, startConsole } from "./world.ts";

const account = (name: string) => ({
  name,
  password: `a horse called ${name}, of course`,
  administrator: false,
});
const [ANN, BEN] = [account("ann"), account("ben")] as const;

let browser: Browser;
let entrepot: ConsoleUnderTest;

beforeAll(async () => {
  browser = await startChromium();
  entrepot = await startConsole(() => ({ accounts: [ANN, BEN] }));
});

afterAll(async () => {
  await browser.close();
  await entrepot.close();
});

const whoIs = (secret: string) =>
  fetch(`${entrepot.url}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });

test("a token is shown once, works, and does not once it is revoked", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    await signIn(page, ANN);
    await page.goto("/profile?tab=tokens");
    await page.getByText("No tokens yet.").waitFor();
    await page.getByRole("button", { name: "New token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("pipeline");
    await dialog.getByRole("combobox", { name: "Rights" }).click();
    await page.getByRole("option", { name: "All of mine" }).click();
    await dialog.getByRole("button", { name: "New token" }).click();
    const secret = (await page.getByTestId("token-secret").textContent()) ?? "";
    expect(secret).toMatch(/^ent_pat_\w{49}$/);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    const entry = page.getByRole("listitem").filter({ hasText: "pipeline" });
    await entry.getByText("All of mine").waitFor();
    await entry.getByText("never").waitFor();
    await page.reload();
    await entry.waitFor();
    expect(await page.content()).not.toContain(secret);

    const asked = await whoIs(secret);
    expect(await asked.json()).toMatchObject({ name: "ann" });

    await entry.getByRole("button", { name: "Revoke: pipeline" }).click();
    const question = page.getByRole("dialog", { name: "Revoke pipeline?" });
    await question.getByRole("button", { name: "Cancel" }).click();
    expect((await whoIs(secret)).status).toBe(200);
    await entry.getByRole("button", { name: "Revoke: pipeline" }).click();
    await question.getByRole("button", { name: "Revoke" }).click();
    await page.getByText("No tokens yet.").waitFor();
    expect((await whoIs(secret)).status).toBe(401);
  });
});

test("a token that the rules refuse is refused in the dialog", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    await signIn(page, ANN);
    await page.goto("/profile?tab=tokens");
    await page.getByRole("button", { name: "New token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("from nowhere");
    await dialog.getByLabel("Only from these networks").fill("not a network");
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "New token" }).click();
    await dialog.getByRole("alert").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("No tokens yet.").waitFor();
  });
});

test("one browser ends the session of another", async () => {
  await reading(browser, entrepot.url, async ({ page: mine }) => {
    await signIn(mine, BEN);
    const options = { userAgent: "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Firefox/140.0" };
    await reading(
      browser,
      entrepot.url,
      async ({ page: other }) => {
        await signIn(other, BEN);
        await mine.goto("/profile?tab=sessions");
        const here = mine.getByRole("listitem").filter({ hasText: "Chrome on Linux" });
        await here.getByText("this one").waitFor();
        const there = mine.getByRole("listitem").filter({ hasText: "Firefox on Android" });
        await there.getByRole("button").click();
        await there.waitFor({ state: "hidden" });
        await here.waitFor();

        // The other finds out at what it does next, and comes back to where it was.
        await other.getByRole("link", { name: "Access tokens" }).click();
        await other.getByRole("heading", { name: "Sign in" }).waitFor();
        await other.getByLabel("User name").fill(BEN.name);
        await other.getByLabel("Password", { exact: true }).fill(BEN.password);
        await other.keyboard.press("Enter");
        await other.getByRole("tab", { name: "Access tokens", selected: true }).waitFor();

        await mine.reload();
        await mine.getByRole("button", { name: "End all others" }).click();
        await mine.getByRole("status").waitFor();
        await other.reload();
        await other.getByRole("heading", { name: "Sign in" }).waitFor();
      },
      options,
    );
    await mine.reload();
    await mine.getByRole("heading", { name: "Profile" }).waitFor();
  });
});
