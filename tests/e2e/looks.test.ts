import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { en } from "../../console/src/i18n/en.ts";
import { zhCN } from "../../console/src/i18n/zh-cn.ts";
import { Browser as Client } from "../support/browser.ts";
import { findings, reading, startChromium } from "./chromium.ts";
import { type ConsoleUnderTest, startConsole } from "./world.ts";

const ANN = { name: "ann", password: "a horse called ann, of course", administrator: true };
const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } };

let browser: Browser;
let entrepot: ConsoleUnderTest;

beforeAll(async () => {
  browser = await startChromium();
  entrepot = await startConsole(() => ({ accounts: [ANN] }));
  const client = new Client(entrepot.registry.url);
  client.origin = entrepot.url;
  await client.login(ANN.name, ANN.password);
  const limits = [
    { actions: ["repository:read", "repository:pull"], repositories: ["team/**", "library/a"] },
    { actions: ["repository:delete"], repositories: ["a-team-with-a-rather-long-name/**"] },
  ];
  const token = { name: "of a pipeline", limits, addresses: ["10.0.0.0/8", "fd00::/8"] };
  expect((await client.ask("POST", "/me/tokens", token)).status).toBe(201);
});

afterAll(async () => {
  await browser.close();
  await entrepot.close();
});

/** Nothing for axe-core to find, and nothing that reaches over the edge of the window. */
async function look(page: Page, where: string): Promise<void> {
  expect([where, await findings(page)]).toEqual([where, []]);
  const over = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect([where, over]).toEqual([where, 0]);
}

describe.each([
  ["en-GB", en],
  ["zh-CN", zhCN],
] as const)("in %s", (locale, words) => {
  describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
    test.each(["phone", "desk"] as const)("on a %s", async (size) => {
      const options = { locale, colorScheme, viewport: SIZES[size] };
      await reading(
        browser,
        entrepot.url,
        async ({ page }) => {
          const heading = (name: string) => page.getByRole("heading", { name, exact: true });
          const button = (name: string) => page.getByRole("button", { name, exact: true });
          await page.goto("/");
          await heading(words.signIn.title).waitFor();
          await look(page, "sign-in");
          await page.getByLabel(words.signIn.name, { exact: true }).fill(ANN.name);
          await page.getByLabel(words.signIn.password, { exact: true }).fill("wrong");
          await button(words.signIn.submit).click();
          await page.getByRole("alert").waitFor();
          await look(page, "sign-in, refused");
          await page.getByLabel(words.signIn.password, { exact: true }).fill(ANN.password);
          await button(words.signIn.submit).click();
          await heading(words.home.title.replace("{{name}}", ANN.name)).waitFor();
          await look(page, "home");
          await page.locator("header").getByRole("button").last().click();
          await page.getByRole("menuitem").first().waitFor();
          await look(page, "the account's menu");
          await page.getByRole("menuitem", { name: words.app.profile }).click();
          await page.getByLabel(words.profile.displayName).waitFor();
          await look(page, "account");
          await page.getByRole("tab", { name: words.profile.sessions }).click();
          await page.getByText(words.sessions.current).first().waitFor();
          await look(page, "sessions");
          await page.getByRole("tab", { name: words.profile.tokens }).click();
          await page.getByRole("listitem").first().waitFor();
          await look(page, "tokens");
          await button(words.tokens.create).click();
          await page.getByRole("dialog").waitFor();
          await look(page, "a new token");
          await page.keyboard.press("Escape");
          await page.getByRole("tab", { name: words.profile.factors }).click();
          await button(words.enrol.addTotp).click();
          await page.getByRole("dialog").getByRole("button", { name: words.factor.submit }).click();
          await page.getByTestId("totp-secret").waitFor();
          await look(page, "an authenticator app");
          await page.goto("/no/such/page");
          await page.getByText(words.app.notFound).waitFor();
          await look(page, "no page");
        },
        options,
      );
    });
  });
});
