import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { backupFolder, contentOf } from "../backup/bench.ts";
import { reading, startChromium } from "./chromium.ts";
import { ANN, LANGUAGES, look, open, SIZES, startManaged } from "./manage-world.ts";
import type { ConsoleUnderTest } from "./world.ts";

let browser: Browser;
let entrepot: ConsoleUnderTest;
let folder: Awaited<ReturnType<typeof backupFolder>>;

beforeAll(async () => {
  browser = await startChromium();
  folder = await backupFolder();
  entrepot = await startManaged({ "backup.path": folder.path, "backup.schedule": "never" });
});

afterAll(async () => {
  await browser.close();
  await entrepot.close();
  await folder.drop();
});

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { backups } = words;

  test("a backup is made, drilled, its loss found and told, and it is deleted", () =>
    reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await open(page, words, ANN, "/admin/backups");
        await page.getByText(backups.warnings.never).waitFor();
        await button(page, backups.make).click();
        await page.getByText(backups.begun).waitFor();
        await button(page, backups.verify).waitFor();
        await page.getByText(backups.warnings.never).waitFor({ state: "detached" });
        await button(page, backups.verify).click();
        await page.getByText(backups.verdicts.passed, { exact: true }).first().waitFor();
        const [lost = ""] = await contentOf(folder.path);
        await rm(lost);
        await button(page, backups.verify).click();
        await page.getByText(backups.verdicts.failed, { exact: true }).first().waitFor();
        await page.getByText(backups.warnings.drillFailed).waitFor();
        await button(page, backups.report).click();
        const report = page.getByRole("dialog", { name: backups.report });
        await report.getByText(`${backups.kinds.content_missing}:`).first().waitFor();
        expect(await report.getByText(/sha256:/).count()).toBeGreaterThan(0);
        await look(page, "backups report", locale);
        await page.keyboard.press("Escape");
        await button(page, backups.delete).click();
        const ask = page.getByRole("dialog", { name: backups.deleteTitle });
        await ask.getByRole("button", { name: backups.delete, exact: true }).click();
        await page.getByText(backups.deleted).waitFor();
        await page.getByText(backups.none).waitFor();
      },
      { locale },
    ));

  test.each(Object.entries(SIZES))("how it looks on a %s", (size, viewport) =>
    reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await open(page, words, ANN, "/admin/backups");
        await button(page, backups.make).click();
        await button(page, backups.verify).first().waitFor();
        await look(page, "backups", `${locale} ${size}`);
        await button(page, backups.delete).first().click();
        const ask = page.getByRole("dialog", { name: backups.deleteTitle });
        await ask.waitFor();
        await look(page, "backups delete", `${locale} ${size}`);
        await ask.getByRole("button", { name: backups.delete, exact: true }).click();
        await page.getByText(backups.none).waitFor();
      },
      { locale, viewport, colorScheme: size === "phone" ? "dark" : "light" },
    ),
  );
});
