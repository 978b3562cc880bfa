import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { EMPTY_CONFIG, image, piece, pushBlob, putManifest } from "../support/images.ts";
import {
  ANN,
  DAN,
  HOSTILE,
  LANGUAGES,
  look,
  open,
  startBrowsed,
  untilFound,
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

const TAGS = "/projects/team/repositories/web%2Fapi/tags";

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { browse, home, search } = words;

  test("what is starred and what was opened stand on the home page, until they do not", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        const part = (name: string) => page.getByRole("region", { name, exact: true });
        const star = page.getByRole("button", { name: browse.star, exact: true });
        await open(page, words, "/", DAN);
        await part(home.starred).getByText(home.noStars).waitFor();
        await page.goto(TAGS);
        await star.click();
        await page.locator('button[aria-pressed="true"]').waitFor();
        await page.reload();
        await page.locator('button[aria-pressed="true"]').waitFor();
        await page.getByRole("link", { name: words.app.home, exact: true }).click();
        const link = part(home.starred).getByRole("link", { name: "team/web/api" });
        await link.waitFor();
        const opened = part(home.recent).getByRole("listitem").filter({ hasText: "team/web/api" });
        await opened.getByText(home.did.visit).waitFor();
        await look(page, "home with stars", locale);
        await link.click();
        await page.locator('button[aria-pressed="true"]').click();
        await page.locator('button[aria-pressed="false"]').waitFor();
        await page.getByRole("link", { name: words.app.home, exact: true }).click();
        await part(home.starred).getByText(home.noStars).waitFor();
      },
      { locale },
    );
  });

  test("a star that cannot be given is taken back, with the reason", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await open(page, words, TAGS);
        const star = page.getByRole("button", { name: browse.star, exact: true });
        await star.waitFor();
        await page.route("**/me/stars/**", (route) => route.abort());
        await star.click();
        await page.getByRole("alert").filter({ hasText: words.app.unreachable }).waitFor();
        expect(await star.getAttribute("aria-pressed")).toBe("false");
      },
      { locale },
    );
  });

  test("visitors have no stars, and search what is public", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await page.goto("/projects/open/repositories/demo/tags");
        await page.getByRole("link", { name: "odd", exact: true }).waitFor();
        expect(await page.getByRole("button", { name: browse.star, exact: true }).count()).toBe(0);
        await page.goto("/search?q=api");
        await page.getByText(search.none).waitFor();
        await page.goto("/search?q=demo");
        await page.getByRole("link", { name: "open/demo", exact: true }).waitFor();
      },
      { locale },
    );
  });

  test("labels, annotations, digests and types are found, whatever they hold", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        const hits = page.getByRole("list", { name: search.results, exact: true });
        const find = async (text: string) => {
          const field = page.getByLabel(search.label, { exact: true });
          await field.fill(text);
          await page.keyboard.press("Enter");
          await page.waitForURL((url) => url.searchParams.get("q") === text);
        };
        await open(page, words, "/search", ANN);
        await find("onerror");
        await hits.getByText(HOSTILE).first().waitFor();
        await hits.getByText(search.field.label).first().waitFor();
        await look(page, "search of labels", locale);
        await find("spdx");
        await hits.getByText(`${search.field.artifactType}: application/spdx+json`).waitFor();
        await hits.getByRole("link").first().click();
        await page.getByRole("tab", { name: browse.artifact.tab.overview }).waitFor();
        await page.goBack();
        await find("nothing-has-such-a-name");
        await page.getByText(search.none).waitFor();
        await look(page, "search without hits", locale);
        // An odd address does no harm.
        await page.goto("/search?q=demo&kind=none&cursor=x");
        await page.getByRole("link", { name: "open/demo", exact: true }).waitFor();
      },
      { locale },
    );
  });

  test("more hits than a page has come one page after the other", async () => {
    const { admin } = entrepot.registry;
    const repository = `open/many-${locale.toLowerCase()}`;
    const layer = piece(`layer of ${locale}`);
    for (const blob of [EMPTY_CONFIG, layer]) await pushBlob(admin, repository, blob);
    for (let at = 0; at < 25; at++) {
      const made = image([layer], { annotations: { at: String(at) } });
      (await putManifest(admin, repository, `heaped-${at}`, made)).expect(201);
    }
    await untilFound(entrepot, `${repository} heaped`, 25);
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await page.goto(`/search?q=${locale}%20heaped&kind=tag`);
        const hits = page.getByRole("list", { name: search.results }).getByRole("listitem");
        await hits.nth(19).waitFor();
        expect(await hits.count()).toBe(20);
        await page.getByRole("button", { name: browse.files.more, exact: true }).click();
        await hits.nth(24).waitFor();
        expect(await page.getByRole("button", { name: browse.files.more }).count()).toBe(0);
      },
      { locale },
    );
  });
});
