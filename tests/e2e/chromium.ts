import axe from "axe-core";
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

/** Nothing that the console shows waits longer than this for the registry on the same machine. */
const PATIENCE = 15_000;

/** A Chromium with a profile of its own, which is gone when it is closed. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS });
}

/** Somebody at a browser with an empty cookie jar. */
export interface Reader {
  readonly context: BrowserContext;
  readonly page: Page;
}

/**
 * The browser tells of each refused request there. The console expects refusals of the API and shows
 * them; other sites are none of ours.
 */
function isExpected(text: string, url: string, ours: string): boolean {
  if (!text.startsWith("Failed to load resource") || !URL.canParse(url)) return false;
  // Only where a test cuts the line; the browser asks for the icon all the same.
  if (text.endsWith("net::ERR_INTERNET_DISCONNECTED")) return true;
  const { origin, pathname } = new URL(url);
  return origin !== ours || pathname.startsWith("/api/v1/");
}

/**
 * Opens a window for `read` and closes it. Fails when the console caused what no page of it may:
 * errors of scripts, refusals by its security policy, files that are not there.
 */
export async function reading(
  browser: Browser,
  baseURL: string,
  read: (reader: Reader) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  // Pages are looked at when they have come to rest.
  const still = { locale: "en-GB", reducedMotion: "reduce" } as const;
  const context = await browser.newContext({ baseURL, ...still, ...options });
  try {
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      if (isExpected(message.text(), message.location().url, baseURL)) return;
      complaints.push(`${message.type()}: ${message.text()}`);
    });
    await read({ context, page });
    if (complaints.length > 0) throw new Error(`the browser complains:\n${complaints.join("\n")}`);
  } finally {
    await context.close();
  }
}

/** What axe-core finds wrong on the page, of every impact: rule, element, why. */
export function findings(page: Page): Promise<string[]> {
  // Through the debugger, where the policy of the page does not reach.
  return page.evaluate(`(async () => {
    if (window.axe === undefined) { ${axe.source} }
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => [id, html, failureSummary].join("\\n")),
    );
  })()`);
}
