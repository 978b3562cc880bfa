import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

/** Debian's; any other Chromium by its path. */
const EXECUTABLE = process.env.ENTREPOT_TEST_CHROMIUM ?? "/usr/bin/chromium";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** No text of the console waits longer than this for the registry on the same machine. */
const PATIENCE = 15_000;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A Chromium with a profile of its own, which is gone when it is closed. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS });
}

/** One reader: a context of the browser, with what its page complained of. */
export interface Reader {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What no page of the console may cause: script errors, refusals of the policy, lost files. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** The browser tells every refused request there; the console expects refusals and shows them. */
const isAnswerOfApi = (text: string, url: string) =>
  text.startsWith("Failed to load resource") && new URL(url).pathname.startsWith("/api/v1/");

/** Opens a new window with an empty cookie jar. */
export async function openReader(
  browser: Browser,
  baseURL: string,
  options: BrowserContextOptions = {},
): Promise<Reader> {
  const context = await browser.newContext({ baseURL, locale: "en-GB", ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const { url } = message.location();
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (URL.canParse(url) && isAnswerOfApi(message.text(), url)) return;
    complaints.push(`${message.type()}: ${message.text()}`);
  });
  return { context, page, complaints, close: () => context.close() };
}

/** What axe-core finds wrong on the page, of every impact: rule and elements. */
export async function findings(page: Page): Promise<string[]> {
  // Through the debugger, where the policy of the page does not reach.
  return page.evaluate(`(async () => {
    if (window.axe === undefined) { ${axe} }
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => [id, html, failureSummary].join("\\n")),
    );
  })()`);
}
