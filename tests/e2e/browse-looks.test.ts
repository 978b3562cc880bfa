import { afterAll, beforeAll, describe, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { HOSTILE, LANGUAGES, look, open, SIZES, startBrowsed } from "./browse-world.ts";
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

const DEMO = "/projects/open/repositories/demo";

/** Nothing is still on its way. */
async function settled(page: Page): Promise<void> {
  await page.locator("[aria-busy]").first().waitFor({ state: "detached" });
}

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { browse, catalogue, clients, compare, home } = { ...words, ...words.browse };

  describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
    describe.each(["phone", "desk"] as const)("on a %s", (size) => {
      const options = { locale, colorScheme, viewport: SIZES[size] };
      const as = `${locale} ${colorScheme} ${size}`;

      test("lists and repositories look right", () =>
        reading(
          browser,
          entrepot.url,
          async ({ page }) => {
            const link = (name: string) => page.getByRole("link", { name, exact: true });
            await page.goto("/");
            await page.getByRole("heading", { name: catalogue.title }).waitFor();
            await link("open/demo").waitFor();
            await look(page, "catalogue", as);
            await open(page, words, "/");
            await page.getByRole("heading", { name: home.last }).waitFor();
            await link("team/web/api").first().waitFor();
            await settled(page);
            await look(page, "home", as);
            await page.goto("/projects");
            await link("team").waitFor();
            await look(page, "projects", as);
            await page.getByRole("button", { name: words.projects.create }).click();
            await page.getByRole("dialog").waitFor();
            await look(page, "new project", as);
            await page.goto("/repositories");
            await link("team/web/api").waitFor();
            await look(page, "repositories", as);
            await page.goto("/projects/open/repositories");
            await link("demo").waitFor();
            await look(page, "project", as);
            await page.goto("/search?q=o");
            await page.getByRole("listitem").first().waitFor();
            await look(page, "search", as);
            await page.goto("/projects/team/repositories/web%2Fapi/tags");
            await link("2.0").waitFor();
            await page.getByRole("checkbox").nth(1).check();
            await page.getByRole("checkbox").nth(2).check();
            await look(page, "tags", as);
            await link(browse.history.title).click();
            await page.getByRole("listitem").first().waitFor();
            await look(page, "history", as);
            await page.goto(`${DEMO}/manifests`);
            await page.getByRole("table").waitFor();
            await look(page, "manifests", as);
            await page.goto(`${DEMO}/about`);
            await page.getByText(browse.month).first().waitFor();
            await look(page, "about", as);
            await page.goto("/clients");
            await page.getByRole("heading", { name: clients.troubles }).waitFor();
            await look(page, "clients", as);
          },
          options,
        ));

      test("artifacts look right", () =>
        reading(
          browser,
          entrepot.url,
          async ({ page }) => {
            const tab = (name: string) => page.getByRole("tab", { name, exact: true });
            await open(page, words, `${DEMO}/artifacts/1/overview`);
            await page.getByText("PATH=/bin").waitFor();
            await page.getByRole("heading", { name: "Then a title" }).waitFor();
            await look(page, "image", as);
            await tab(browse.artifact.tab.layers).click();
            await page.getByText("COPY etc /etc").waitFor();
            await look(page, "layers", as);
            await tab(browse.artifact.tab.files).click();
            await page.getByRole("button", { name: "etc", exact: true }).click();
            await page.getByRole("button", { name: "motd", exact: true }).click();
            await page.getByText("welcome", { exact: true }).waitFor();
            await look(page, "files", as);
            for (const each of ["parts", "referrers", "manifest", "history"] as const) {
              await tab(browse.artifact.tab[each]).click();
              await page.waitForURL(`**tab=${each}`);
              await settled(page);
              await look(page, each, as);
            }
            await page.getByRole("button", { name: browse.act.delete, exact: true }).click();
            await page.getByRole("dialog").waitFor();
            await look(page, "delete", as);
            await page.goto(`${DEMO}/artifacts/all/overview?tab=layers`);
            await page.getByText("linux/amd64").first().waitFor();
            await look(page, "platforms", as);
            await tab(browse.artifact.tab.overview).click();
            await page.getByText(HOSTILE).first().waitFor();
            await look(page, "index", as);
            await page.goto("/projects/open/repositories/shop/artifacts/1.2.3/overview");
            await page.getByRole("heading", { name: browse.chart.values }).waitFor();
            await page.getByText("ann@example.test").waitFor();
            await page.getByRole("heading", { name: "Shop", exact: true }).waitFor();
            await look(page, "chart", as);
            await page.goto(`${DEMO}/artifacts/odd/overview`);
            await page.getByText("application/x-nobody-knows").first().waitFor();
            await look(page, "odd", as);
            await page.goto(`${DEMO}/compare?from=1&to=2`);
            await page.getByText("etc/motd").first().waitFor();
            await page.getByRole("heading", { name: compare.config }).waitFor();
            await look(page, "compare", as);
          },
          options,
        ));
    });
  });
});
