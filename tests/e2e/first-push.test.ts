import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { piece, pushImage } from "../support/images.ts";
import { ANN, DAN, LANGUAGES, look, open } from "./browse-world.ts";
import { reading, startChromium } from "./chromium.ts";
import { startConsole } from "./world.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await startChromium();
});

afterAll(() => browser.close());

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { first } = words;

  test("an empty registry says how to fill it, and shows it when it comes", async () => {
    const entrepot = await startConsole(() => ({ accounts: [ANN, DAN] }));
    const host = new URL(entrepot.url).host;
    try {
      await reading(
        browser,
        entrepot.url,
        async ({ page }) => {
          // Nothing is public: there is nothing for visitors to see but the way in.
          await page.goto("/");
          await page.getByRole("heading", { name: words.signIn.title, exact: true }).waitFor();
          await open(page, words, "/");
          await page.getByRole("heading", { name: first.title }).waitFor();
          const commands = await page.locator("ol code, ol pre").allTextContents();
          expect(commands).toEqual([
            `docker login -u ann ${host}`,
            `docker tag alpine:latest ${host}/demo/alpine:latest`,
            `docker push ${host}/demo/alpine:latest`,
          ]);
          await look(page, "first push", locale);
          await pushImage(entrepot.registry.admin, "demo/alpine", "latest", [piece("a layer")]);
          await page.getByText(first.arrived).waitFor();
          await page.locator("main").getByRole("link", { name: "demo/alpine" }).first().click();
          await page.getByRole("link", { name: "latest", exact: true }).waitFor();
        },
        { locale },
      );
    } finally {
      await entrepot.close();
    }
  });

  test("whoever may push nowhere is told so", async () => {
    const entrepot = await startConsole(() => ({ accounts: [ANN, DAN] }));
    try {
      await reading(
        browser,
        entrepot.url,
        async ({ page }) => {
          await open(page, words, "/", DAN);
          await page.getByText(first.noProject).waitFor();
          await look(page, "no project", locale);
        },
        { locale },
      );
    } finally {
      await entrepot.close();
    }
  });
});
