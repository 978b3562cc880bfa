import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Locator, Page } from "playwright-core";
import type { Database } from "../../src/platform/database/port.ts";
import { openFresh } from "../support/database.ts";
import { piece, pushImage } from "../support/images.ts";
import { updateRows } from "../support/rows.ts";
import { reading, startChromium } from "./chromium.ts";
import { ANN, clientOf, LANGUAGES, look, open, SIZES, startManaged } from "./manage-world.ts";
import type { ConsoleUnderTest } from "./world.ts";

let browser: Browser;
let entrepot: ConsoleUnderTest;
let db: Database;

beforeAll(async () => {
  browser = await startChromium();
  entrepot = await startManaged();
  const writer = new URL("../support/writer.ts", import.meta.url);
  db = await openFresh(entrepot.registry.database, writer);
});

afterAll(async () => {
  await browser.close();
  await db.close();
  await entrepot.close();
});

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { admin, edit, inUse } = words;
  const suffix = locale.slice(0, 2).toLowerCase();
  const button = (where: Page | Locator, text: string) =>
    where.getByRole("button", { name: text, exact: true });

  test("an administrator sees what runs where, who has fallen silent, and takes a source away", () =>
    reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        const repository = `team/running-${suffix}`;
        const { digest } = await pushImage(entrepot.registry.admin, repository, "v1", [
          piece(repository),
        ]);
        const ann = await clientOf(entrepot, ANN);
        const images = [`registry.example/${repository}@${digest}`];
        for (const source of [`prod-${suffix}`, `old-${suffix}`]) {
          expect((await ann.ask("PUT", `/in-use/${source}`, { images })).status).toBe(200);
        }
        const where = { name: `old-${suffix}` };
        const set = { reported_at: Date.now() - 3 * 86_400_000 };
        await db.write(updateRows, { table: "in_use_sources", where, set });

        await open(page, words, ANN, "/admin/in-use");
        const row = (name: string) => page.getByRole("row").filter({ hasText: name });
        await row(`old-${suffix}`).getByText(inUse.silent, { exact: true }).waitFor();
        expect(await row(`prod-${suffix}`).getByText(inUse.silent, { exact: true }).count()).toBe(
          0,
        );
        await row(`prod-${suffix}`).getByText("ann", { exact: true }).waitFor();
        await look(page, "in use", locale);
        await button(page, `${inUse.show}: prod-${suffix}`).click();
        const dialog = page.getByRole("dialog");
        await dialog.getByText(images[0] ?? "", { exact: true }).waitFor();
        await look(page, "in use images", locale);
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });

        await button(page, `${edit.delete}: old-${suffix}`).click();
        await button(page.getByRole("dialog"), edit.delete).click();
        await page.getByText(inUse.deleted, { exact: true }).waitFor();
        await row(`old-${suffix}`).waitFor({ state: "detached" });
        const { json } = await ann.ask("GET", "/in-use");
        const names = (json.items as { name: string }[]).map(({ name }) => name);
        expect(names).not.toContain(`old-${suffix}`);
      },
      { locale },
    ));

  test.each(Object.entries(SIZES))("how it looks on a %s", (size, viewport) =>
    reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await open(page, words, ANN, "/admin/in-use");
        await page.getByRole("heading", { name: admin.inUse }).waitFor();
        await look(page, "in use", `${locale} ${size}`);
      },
      { locale, viewport, colorScheme: size === "phone" ? "dark" : "light" },
    ),
  );
});
