import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { piece, pushImage } from "../support/images.ts";
import {
  ANN,
  clientOf,
  DAN,
  HOSTILE,
  LANGUAGES,
  open,
  SIZES,
  startBrowsed,
} from "./browse-world.ts";
import { reading, startChromium } from "./chromium.ts";
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

const API = "/projects/team/repositories/web%2Fapi";
const DEMO = "/projects/open/repositories/demo";

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { browse, clients, compare, search } = words;
  const chosen = (name: string) => browse.table.choose.replace("{{name}}", name);

  test("tags are sorted and filtered by the server, with the state in the address", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await open(page, words, `${API}/tags`);
        const names = () => page.locator("tbody tr td:nth-child(2)").allTextContents();
        await page.getByRole("button", { name: browse.tag, exact: true }).click();
        await page.waitForURL("**sort=name");
        await page.locator('th[aria-sort="ascending"]').waitFor();
        await page.getByRole("row").nth(1).getByText("1.0", { exact: true }).waitFor();
        expect(await names()).toEqual(["1.0", "1.1", "2.0"]);
        await page.getByLabel(browse.filter.label).fill("1.");
        await page.getByRole("button", { name: browse.filter.apply }).click();
        await page.getByRole("link", { name: "2.0" }).waitFor({ state: "detached" });
        expect(await names()).toEqual(["1.0", "1.1"]);
        await page.reload();
        await page.getByRole("link", { name: "1.1" }).waitFor();
        expect(await names()).toEqual(["1.0", "1.1"]);
        await page.getByRole("button", { name: browse.table.columns }).click();
        await page.getByRole("checkbox", { name: browse.digest, exact: true }).uncheck();
        await page.waitForURL("**hide=digest");
        expect(await page.getByRole("columnheader", { name: browse.digest }).count()).toBe(0);
      },
      { locale },
    );
  });

  test("deleted tags come back by undo, and by the history", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await open(page, words, `${API}/tags`);
        const tag = page.getByRole("link", { name: "1.0", exact: true });
        const remove = async () => {
          await page.getByRole("checkbox", { name: chosen("1.0") }).check();
          const name = browse.deleteTags_one.replace("{{count}}", "1");
          await page.getByRole("button", { name }).click();
          const dialog = page.getByRole("dialog");
          await dialog.getByRole("button", { name: browse.delete, exact: true }).click();
          await tag.waitFor({ state: "detached" });
        };
        await remove();
        await page.getByRole("button", { name: browse.undo }).click();
        await tag.waitFor();
        await remove();
        await page.getByRole("link", { name: browse.history.title, exact: true }).click();
        await page.getByRole("button", { name: browse.history.back }).first().click();
        await page.getByRole("link", { name: browse.tags, exact: true }).click();
        await tag.waitFor();
      },
      { locale },
    );
  });

  test("a manifest is tagged, and goes with its tags", async () => {
    const name = `kept-${locale.toLowerCase()}`;
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        const dialog = page.getByRole("dialog");
        const field = dialog.getByRole("textbox", { name: browse.tag, exact: true });
        await open(page, words, `${DEMO}/artifacts/odd/overview`);
        const action = (label: string) => page.getByRole("button", { name: label, exact: true });
        await action(browse.act.tag).click();
        await field.fill("not a tag");
        await dialog.getByRole("button", { name: browse.act.tag, exact: true }).click();
        await dialog.locator("input:invalid").waitFor();
        await field.fill(name);
        await page.keyboard.press("Enter");
        await page.getByRole("link", { name, exact: true }).first().click();
        await page.waitForURL(`**/artifacts/${name}/overview`);
        await page.getByRole("tab", { name: browse.artifact.tab.history }).click();
        await page.getByRole("listitem").first().waitFor();
        await page.goto(`${API}/artifacts/1.1/overview`);
        await action(browse.act.delete).click();
        await dialog.getByText("1.1").waitFor();
        await dialog.getByRole("button", { name: browse.act.delete, exact: true }).click();
        await page.waitForURL(`**/tags`);
        await page.getByRole("link", { name: "2.0", exact: true }).waitFor();
        expect(await page.getByRole("link", { name: "1.1", exact: true }).count()).toBe(0);
      },
      { locale },
    );
    // For the other language.
    const { admin } = entrepot.registry;
    await pushImage(admin, "team/web/api", "1.1", [piece("base"), piece(`again ${locale}`)]);
  });

  test("two that are chosen are compared: config, layers, files", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await open(page, words, `${DEMO}/tags?sort=name`);
        await page.getByRole("checkbox", { name: chosen("1"), exact: true }).check();
        await page.getByRole("checkbox", { name: chosen("2"), exact: true }).check();
        await page.getByRole("link", { name: browse.act.compareTwo }).click();
        const table = (name: string) => page.getByRole("table", { name, exact: true });
        const row = (name: string, of: string) =>
          table(of).getByRole("row").filter({ hasText: name });
        await row("MODE", compare.config).getByText("live").waitFor();
        const layers = table(browse.insight.layers);
        await layers.getByText(compare.status.same, { exact: true }).waitFor();
        await layers.getByText(compare.status.added, { exact: true }).waitFor();
        await row("etc/motd", compare.files)
          .getByText(compare.status.changed, { exact: true })
          .waitFor();
        expect(await row("os-release", compare.files).count()).toBe(0);
        // The address alone says what is compared.
        await page.reload();
        await row("MODE", compare.config).waitFor();
        await page.getByRole("combobox", { name: compare.to, exact: true }).fill("1");
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: compare.submit, exact: true }).click();
        await page.getByText(compare.same, { exact: true }).waitFor();
      },
      { locale },
    );
  });

  test.each(["phone", "desk"] as const)("the key / leads to the search, on a %s", async (size) => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await open(page, words, "/clients");
        await page.getByRole("heading", { name: clients.title, exact: true }).waitFor();
        await page.keyboard.press("/");
        if (size === "phone") await page.waitForURL("**/search");
        await page.locator("input:focus").waitFor();
        await page.keyboard.type("demo");
        await page.keyboard.press("Enter");
        await page.waitForURL("**/search?q=demo");
        await page.getByRole("link", { name: "open/demo", exact: true }).waitFor();
        await page.getByRole("main").getByText(search.only.project, { exact: true }).click();
        await page.waitForURL("**kind=project");
        await page.getByText(search.none).waitFor();
        await page.getByLabel(search.key).uncheck({ force: true });
        await page.goto("/clients");
        await page.getByRole("heading", { name: clients.title, exact: true }).waitFor();
        await page.keyboard.press("/");
        expect(await page.locator("input:focus").count()).toBe(0);
      },
      { locale, viewport: SIZES[size] },
    );
  });

  test("a README is read, and does nothing", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        const asked: string[] = [];
        page.on("request", (request) => asked.push(new URL(request.url()).origin));
        await page.goto(`${DEMO}/about`);
        await page.getByRole("heading", { name: "It begins deep", level: 3 }).waitFor();
        await page.getByRole("heading", { name: "Then a title", level: 3 }).waitFor();
        expect(await page.getByRole("link", { name: "trap" }).count()).toBe(0);
        expect(await page.locator(".markdown img, .markdown script").count()).toBe(0);
        const link = page.getByRole("link", { name: "link", exact: true });
        expect(await link.getAttribute("rel")).toContain("noopener");
        expect([...new Set(asked)]).toEqual([entrepot.url]);
      },
      { locale },
    );
  });

  test("a README that would be read for minutes is shown as it was written", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await page.goto("/projects/open/repositories/endless/about");
        await page.getByText("***a***a").first().waitFor();
        await page.getByText(browse.month).waitFor();
        expect(await page.locator(".markdown").count()).toBe(0);
      },
      { locale },
    );
  });

  test("whoever may only look is offered nothing else", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await open(page, words, `${API}/artifacts/2.0/overview`, DAN);
        await page.getByRole("link", { name: browse.act.compare }).waitFor();
        await page.getByText("sha256:").first().waitFor();
        for (const name of [browse.act.tag, browse.act.delete]) {
          expect(await page.getByRole("button", { name, exact: true }).count()).toBe(0);
        }
        await page.goto(`${API}/history`);
        await page.getByRole("listitem").first().waitFor();
        expect(await page.getByRole("button", { name: browse.history.back }).count()).toBe(0);
      },
      { locale },
    );
  });

  test("visitors see what is public, and are led to sign in for the rest", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await page.goto("/");
        await page.getByRole("link", { name: "open/demo" }).waitFor();
        expect(await page.getByRole("link", { name: "team/web/api" }).count()).toBe(0);
        await page.getByRole("link", { name: "open/demo" }).click();
        await page.getByRole("link", { name: "odd" }).click();
        await page.getByRole("tab", { name: browse.artifact.tab.parts, exact: true }).click();
        const started = page.waitForEvent("download");
        await page.getByRole("link", { name: browse.artifact.download }).last().click();
        expect((await started).suggestedFilename()).not.toBe("");
        await page.goto(`${API}/tags`);
        await page.getByRole("alert").first().waitFor();
        await page.locator("main").getByRole("link", { name: words.app.signIn }).click();
        await page.getByLabel(words.signIn.name, { exact: true }).fill(ANN.name);
        await page.getByLabel(words.signIn.password, { exact: true }).fill(ANN.password);
        await page.getByRole("button", { name: words.signIn.submit, exact: true }).click();
        await page.getByRole("link", { name: "2.0", exact: true }).waitFor();
      },
      { locale },
    );
  });

  test("a project is made, with words of any kind", async () => {
    const name = `made-${locale.toLowerCase()}`;
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await open(page, words, "/projects");
        const { create } = words.projects;
        const dialog = page.getByRole("dialog");
        const field = dialog.getByRole("textbox", { name: words.projects.name, exact: true });
        await page.getByRole("button", { name: create, exact: true }).click();
        await field.fill("Not A Name");
        await dialog.getByRole("button", { name: create, exact: true }).click();
        await dialog.getByRole("alert").waitFor();
        await field.fill(name);
        await dialog.getByLabel(words.projects.description).fill(HOSTILE);
        await dialog.getByLabel(words.projects.isPublic).check({ force: true });
        await dialog.getByRole("button", { name: create, exact: true }).click();
        await page.waitForURL(`**/projects/${name}/repositories`);
        await page.getByRole("heading", { name, exact: true }).waitFor();
        await page.getByText(HOSTILE).waitFor();
        await page.getByText(browse.public, { exact: true }).waitFor();
      },
      { locale },
    );
    const client = await clientOf(entrepot);
    expect((await client.ask("DELETE", `/projects/${name}`)).status).toBe(200);
  });
});
