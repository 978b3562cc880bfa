import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { reading } from "./chromium.ts";
import { ANN, CAT, clientOf, LANGUAGES, look, open, SIZES } from "./manage-world.ts";
import { managedSuite } from "./suite.ts";

const DAY = 86_400_000;

const on = managedSuite();

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { app, settings } = words;
  const ways = (page: Page) => page.getByRole("combobox", { name: settings.untagged });
  const days = (page: Page) => page.getByRole("textbox", { name: settings.untaggedAfterDays });
  const said = async () => {
    const ann = await clientOf(on.entrepot, ANN);
    return (await ann.ask("GET", "/projects/team")).json.untaggedAfter;
  };
  async function save(page: Page): Promise<void> {
    await page.getByRole("button", { name: app.save, exact: true }).click();
    await page.getByText(app.saved, { exact: true }).waitFor();
  }

  test("a project says for itself when what is untagged goes", () =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        await open(page, words, CAT, "/projects/team/settings");
        expect(await ways(page).inputValue()).toBe("installation");
        expect(await days(page).count()).toBe(0);
        await ways(page).selectOption("after");
        expect(await days(page).inputValue()).toBe("30");
        await days(page).fill("7.5");
        await save(page);
        expect(await said()).toBe(7.5 * DAY);
        await page.reload();
        expect(await days(page).inputValue()).toBe("7.5");
        await ways(page).selectOption("never");
        await save(page);
        expect(await said()).toBe("never");
        await ways(page).selectOption("installation");
        await save(page);
        expect(await said()).toBeNull();
      },
      { locale },
    ));

  test.each(Object.entries(SIZES))("how it looks on a %s", (size, viewport) =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        await open(page, words, CAT, "/projects/team/settings");
        await ways(page).selectOption("after");
        await days(page).waitFor();
        await look(page, "project settings untagged", `${locale} ${size}`);
      },
      { locale, viewport, colorScheme: size === "phone" ? "dark" : "light" },
    ),
  );
});
