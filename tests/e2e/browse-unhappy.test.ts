import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { ANN, clientOf, LANGUAGES, open, startBrowsed } from "./browse-world.ts";
import { type Reader, reading, startChromium } from "./chromium.ts";
import type { ConsoleUnderTest } from "./world.ts";

let browser: Browser;
let entrepot: ConsoleUnderTest;

beforeAll(async () => {
  browser = await startChromium();
  entrepot = await startBrowsed();
});

afterAll(async () => {
  await browser.close();
  await entrepot.close();
});

const DEMO = "/projects/open/repositories/demo";

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { app, browse, edit, projects } = words;
  const suffix = locale.toLowerCase();
  const read = (work: (reader: Reader) => Promise<void>) =>
    reading(browser, entrepot.url, work, { locale });
  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

  /** Gives two manifests a tag each, for the test to lose. */
  async function tagged(...tags: readonly string[]) {
    const ann = await clientOf(entrepot);
    const { digest } = (await ann.ask("GET", `${DEMO}/tags/odd`)).json;
    for (const tag of tags) {
      expect((await ann.ask("PUT", `${DEMO}/tags/${tag}`, { digest })).status).toBe(200);
    }
    return ann;
  }

  async function remove(page: Page, tag: string) {
    const chosen = browse.table.choose.replace("{{name}}", tag);
    await page.getByRole("checkbox", { name: chosen, exact: true }).check();
    await button(page, browse.deleteTags_one.replace("{{count}}", "1")).click();
    await page.getByRole("dialog").getByRole("button", { name: browse.delete }).click();
  }

  test("a session that ended in the middle leads to the sign-in, and back to what was typed", () =>
    read(async ({ page }) => {
      await open(page, words, "/projects");
      const dialog = page.getByRole("dialog");
      const description = dialog.getByRole("textbox", { name: projects.description });
      await button(page, projects.create).click();
      await dialog.getByRole("textbox", { name: projects.name }).fill(`slow-${suffix}`);
      await description.fill("typed at length");
      const ann = await clientOf(entrepot);
      expect((await ann.ask("DELETE", "/me/sessions")).status).toBe(200);
      await dialog.getByRole("button", { name: projects.create }).click();
      await page.getByLabel(words.signIn.name, { exact: true }).fill(ANN.name);
      await page.getByLabel(words.signIn.password, { exact: true }).fill(ANN.password);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/projects");
      await button(page, projects.create).click();
      expect(await description.inputValue()).toBe("typed at length");
      await dialog.getByRole("button", { name: projects.create }).click();
      await page.getByRole("heading", { name: `slow-${suffix}`, exact: true }).waitFor();
    }));

  test("a lost connection keeps the form, which is sent once it is back", () =>
    read(async ({ page, context }) => {
      await open(page, words, `${DEMO}/artifacts/odd/overview`);
      await button(page, browse.act.tag).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("textbox", { name: browse.tag }).fill(`late-${suffix}`);
      await context.setOffline(true);
      await page.keyboard.press("Enter");
      await dialog.getByText(app.unreachable).waitFor();
      await dialog.getByText(edit.kept).waitFor();
      await context.setOffline(false);
      await dialog.getByRole("button", { name: browse.act.tag }).click();
      await page
        .getByRole("link", { name: `late-${suffix}`, exact: true })
        .first()
        .waitFor();
    }));

  test("a page that is opened without a connection comes by itself once it is back", () =>
    read(async ({ page, context }) => {
      await open(page, words, "/clients");
      const menu = page.getByRole("navigation", { name: app.navigation });
      await menu.getByRole("link", { name: browse.repositories, exact: true }).hover();
      await page.getByRole("heading", { name: words.clients.title }).waitFor();
      await context.setOffline(true);
      await menu.getByRole("link", { name: projects.title, exact: true }).click();
      await page.getByText(app.unreachable).waitFor();
      await context.setOffline(false);
      await page.getByRole("main").getByRole("link", { name: "team", exact: true }).waitFor();
    }));

  test("a server that restarts in the middle: the tag is there still, and goes afterwards", async () => {
    const tag = `restart-${suffix}`;
    await tagged(tag);
    await read(async ({ page }) => {
      await open(page, words, `${DEMO}/tags`);
      await page.getByRole("link", { name: tag, exact: true }).waitFor();
      await entrepot.registry.stop();
      await remove(page, tag);
      await page.getByRole("alert").filter({ hasText: app.unreachable }).first().waitFor();
      await entrepot.registry.restart();
      await page.reload();
      await page.getByRole("link", { name: tag, exact: true }).waitFor();
      await remove(page, tag);
      await button(page, browse.undo).waitFor();
      await page.getByRole("link", { name: tag, exact: true }).waitFor({ state: "detached" });
    });
  });

  test("what somebody else deleted meanwhile is said, and the list is as it is now", async () => {
    const tag = `gone-${suffix}`;
    const ann = await tagged(tag);
    await read(async ({ page }) => {
      await open(page, words, `${DEMO}/tags`);
      const link = page.getByRole("link", { name: tag, exact: true });
      await link.waitFor();
      expect((await ann.ask("DELETE", `${DEMO}/tags/${tag}`)).status).toBe(204);
      await remove(page, tag);
      await page.getByRole("alert").first().waitFor();
      await link.waitFor({ state: "detached" });
    });
  });

  test("of several that are chosen those go that can, and the rest says why", async () => {
    const [lost, kept] = [`a-lost-${suffix}`, `b-kept-${suffix}`];
    const ann = await tagged(lost);
    await tagged(kept);
    await read(async ({ page }) => {
      await open(page, words, `${DEMO}/tags?sort=name`);
      for (const tag of [lost, kept]) {
        const name = browse.table.choose.replace("{{name}}", tag);
        await page.getByRole("checkbox", { name, exact: true }).check();
      }
      expect((await ann.ask("DELETE", `${DEMO}/tags/${lost}`)).status).toBe(204);
      const both = browse.deleteTags_other.replace("{{count}}", "2");
      await button(page, both).click();
      await page.getByRole("dialog").getByRole("button", { name: browse.delete }).click();
      await page.getByRole("alert").first().waitFor();
      await page.getByRole("link", { name: kept, exact: true }).waitFor({ state: "detached" });
      expect((await ann.ask("GET", `${DEMO}/tags/${kept}`)).status).toBe(404);
    });
  });
});
