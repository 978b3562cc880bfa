import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { DAY } from "../../src/kernel/clock.ts";
import { openFresh } from "../support/database.ts";
import { piece, pushImage } from "../support/images.ts";
import { insertRows, updateRows } from "../support/rows.ts";
import { reading, startChromium } from "./chromium.ts";
import { ANN, CAT, clientOf, LANGUAGES, look, open, SIZES, startManaged } from "./manage-world.ts";
import type { ConsoleUnderTest } from "./world.ts";

const TODAY = Date.now() - (Date.now() % DAY);
const TB = 1_000_000_000_000;

let browser: Browser;
let entrepot: ConsoleUnderTest;

/** A month of nights, as they would have been measured on a disk that fills. */
async function nights(): Promise<void> {
  const writer = new URL("../support/writer.ts", import.meta.url);
  const db = await openFresh(entrepot.registry.database, writer);
  const disk = { capacity: 2 * TB, free: 0.1 * TB, stored: 1.5 * TB, logical: 3 * TB };
  await db.write(updateRows, { table: "lens_days", where: { day: TODAY }, set: disk });
  for (let ago = 29; ago > 0; ago--) {
    const free = disk.free + ago * 0.02 * TB;
    const stored = Math.round((1.5 - ago * 0.02) * TB);
    const row = { ...disk, free, stored, logical: 2 * stored, measured_at: 1 };
    await db.write(insertRows, { table: "lens_days", rows: [{ day: TODAY - ago * DAY, ...row }] });
  }
  await db.close();
}

beforeAll(async () => {
  browser = await startChromium();
  entrepot = await startManaged();
  const { admin } = entrepot.registry;
  await pushImage(admin, "team/web/api", "v2", [piece("a layer"), piece("x".repeat(70_000))]);
  await pushImage(admin, "team/tool", "v1", [piece("a layer"), piece("y".repeat(30_000))]);
  await pushImage(admin, "other/app", "v1", [piece("a layer")]);
  const ann = await clientOf(entrepot, ANN);
  const { id } = (await ann.ask("POST", "/job-schedules/lens.measure/run")).json;
  const isUnderWay = async () =>
    ["waiting", "running"].includes((await ann.ask("GET", `/jobs/${id}`)).json.state);
  while (await isUnderWay()) await new Promise((resolve) => setImmediate(resolve));
  await nights();
});

afterAll(async () => {
  await browser.close();
  await entrepot.close();
});

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { storage } = words;
  const button = (page: Page, text: string) =>
    page.getByRole("button", { name: text, exact: true });
  const rowsOf = (page: Page, name: string) => page.getByRole("table", { name, exact: true });
  const repositories = storage.repositories.replace("{{name}}", "team");

  test("an administrator sees when the disk is full, and goes from a project to what fills it", () =>
    reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await open(page, words, ANN, "/admin/dashboard");
        const [, date = ""] = storage.outlooks.dated.split(/\{\{\w+\}\}/);
        await page.getByText(date.trim()).first().waitFor();
        await page.goto("/admin/storage");
        await page.getByText(date.trim()).waitFor();
        await page.getByRole("img", { name: storage.byDay }).waitFor();
        await rowsOf(page, storage.projects).getByText("other", { exact: true }).waitFor();
        await button(page, "team").click();
        const rows = rowsOf(page, repositories);
        await rows.getByText("team/web/api", { exact: true }).waitFor();
        expect(await rows.getByRole("row").nth(1).textContent()).toContain("team/web/api");
        await button(page, storage.all).click();
        await rowsOf(page, storage.projects).waitFor();
        const link = page.getByRole("link", { name: storage.export, exact: true });
        const download = page.waitForEvent("download");
        await link.click();
        expect((await download).suggestedFilename()).toBe("usage.csv");
      },
      { locale },
    ));

  test("whoever deletes is told beforehand what that frees", () =>
    reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        const told = page.getByRole("status").filter({ hasText: "kB" });
        await open(page, words, CAT, "/projects/team/repositories/tool/tags");
        await button(page, words.trash.remove).click();
        await told.first().waitFor();
        await look(page, "frees repository", locale);
        await page.goto("/projects/team/repositories/tool/artifacts/v1/overview");
        await button(page, words.browse.act.delete).click();
        await page.getByRole("dialog").getByRole("status").filter({ hasText: "kB" }).waitFor();
        await look(page, "frees artifact", locale);
      },
      { locale },
    ));

  test.each(Object.entries(SIZES))("how it looks on a %s", (size, viewport) =>
    reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await open(page, words, ANN, "/admin/storage");
        await rowsOf(page, storage.projects).waitFor();
        await page.getByRole("img", { name: storage.byDay }).waitFor();
        await look(page, "storage", `${locale} ${size}`);
        await button(page, "team").click();
        await rowsOf(page, repositories).waitFor();
        await look(page, "storage of team", `${locale} ${size}`);
        await page.goto("/projects/team/settings");
        await page.getByRole("table", { name: repositories }).waitFor();
        await page.getByRole("img", { name: storage.byDay }).waitFor();
        await look(page, "storage in settings", `${locale} ${size}`);
      },
      { locale, viewport, colorScheme: size === "phone" ? "dark" : "light" },
    ),
  );
});
