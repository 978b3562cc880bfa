/**
 * How long a reader of the console waits: from a click to the page that was asked for, with nothing
 * of it still loading; and what a browser loads before it can show anything:
 * `bun bench/route-change.ts --help`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { Browser, Page } from "playwright-core";
import { en } from "../console/src/i18n/en.ts";
import { buildConsole } from "../scripts/console.ts";
import { startChromium } from "../tests/e2e/chromium.ts";
import { fillForReaders } from "./console/fill.ts";
import { firstLoad } from "./console/first-load.ts";
import { armed, settled, TOUR, unfold } from "./console/tour.ts";
import { entrepot } from "./subjects/entrepot.ts";

interface Flags {
  readonly entrepot?: string;
  readonly rounds: number;
  readonly folder: string;
}

const ADMIN = { name: "admin", password: "correct horse battery" };
/** Milliseconds between a hand that comes to a link and its click. */
const HAND = 200;

/** How the reader comes to a link; on a later tour the browser has seen every page before. */
const WAYS = ["first, at once", "first, hovering before", "again, at once"] as const;
type Way = (typeof WAYS)[number];

async function signIn(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, locale: "en-GB" });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByLabel(en.signIn.name, { exact: true }).fill(ADMIN.name);
  await page.getByLabel(en.signIn.password, { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: en.signIn.submit, exact: true }).click();
  await page.getByRole("heading", { name: en.home.last }).waitFor();
  await unfold(page);
  await settled(page);
  return page;
}

/** Goes through the pages and notes how long each took. */
async function tour(page: Page, way: Way, note: (step: string, took: number) => void) {
  for (const step of TOUR) {
    const shown = await armed(page, step);
    if (step.link === undefined) {
      await page.evaluate("history.back()");
    } else {
      const link = step.link(page);
      await link.waitFor();
      if (way === "first, hovering before") {
        await link.hover();
        await page.waitForTimeout(HAND);
        await page.mouse.down();
        await page.mouse.up();
      } else {
        await link.dispatchEvent("click");
      }
    }
    note(step.name, await shown());
    await settled(page);
  }
}

type Figures = Map<string, Record<Way, number[]>>;

async function measure(browser: Browser, url: string, rounds: number): Promise<Figures> {
  const figures: Figures = new Map(
    TOUR.map(({ name }) => [
      name,
      { "first, at once": [], "first, hovering before": [], "again, at once": [] },
    ]),
  );
  const noting = (way: Way) => (step: string, took: number) => {
    figures.get(step)?.[way].push(took);
  };
  // The server is warm before anything counts.
  const warm = await signIn(browser, url);
  await tour(warm, "first, at once", () => {});
  await warm.context().close();
  for (let round = 0; round < rounds; round++) {
    const page = await signIn(browser, url);
    await tour(page, "first, at once", noting("first, at once"));
    await tour(page, "again, at once", noting("again, at once"));
    await page.context().close();
    const other = await signIn(browser, url);
    await tour(other, "first, hovering before", noting("first, hovering before"));
    await other.context().close();
  }
  return figures;
}

function told(took: readonly number[]): string {
  const sorted = [...took].sort((a, b) => a - b);
  return `${(sorted[sorted.length >> 1] ?? 0).toFixed(0)} / ${(sorted.at(-1) ?? 0).toFixed(0)}`;
}

function print(figures: Figures): void {
  console.log(`\n| to, median / longest ms | ${WAYS.join(" | ")} |`);
  console.log(`|---|${WAYS.map(() => "---:|").join("")}`);
  const line = (name: string, of: (way: Way) => readonly number[]) =>
    console.log(`| ${name} | ${WAYS.map((way) => told(of(way))).join(" | ")} |`);
  for (const [name, took] of figures) line(name, (way) => took[way]);
  line("**all of them**", (way) => [...figures.values()].flatMap((took) => took[way]));
}

async function run(flags: Flags): Promise<void> {
  await buildConsole();
  const folder = mkdtempSync(join(flags.folder, "entrepot-routes-"));
  const server = await entrepot(flags.entrepot, { password: ADMIN.password }).start(folder);
  const browser = await startChromium();
  try {
    await fillForReaders(server.url, ADMIN);
    console.log("| first load of | files | kB as sent |\n|---|---:|---:|");
    for (const path of ["/sign-in", "/"]) {
      const { files, bytes } = await firstLoad(browser, server.url, path);
      console.log(`| ${path} | ${files} | ${(bytes / 1_000).toFixed(0)} |`);
    }
    print(await measure(browser, server.url, flags.rounds));
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("a whole number");
  return value;
}

await new Command("route-change")
  .description("How long a reader of the console waits for a page.")
  .option("--entrepot <path>", "the executable to measure; the sources when left out")
  .option("--rounds <count>", "how often each page is opened each way", whole, 5)
  .option("--folder <path>", "where the data goes", tmpdir())
  .action(run)
  .parseAsync(process.argv);
