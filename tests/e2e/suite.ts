import { afterAll, beforeAll } from "bun:test";
import type { Browser } from "playwright-core";
import { startChromium } from "./chromium.ts";
import { startManaged } from "./manage-world.ts";
import type { ConsoleUnderTest } from "./world.ts";

/** What the tests of one file share, once its first one runs. */
export interface Suite {
  readonly browser: Browser;
  readonly entrepot: ConsoleUnderTest;
}

/** A browser, and a registry with people in it, for the tests of the file that calls it. */
export function managedSuite(): Suite {
  let browser: Browser | undefined;
  let entrepot: ConsoleUnderTest | undefined;
  beforeAll(async () => {
    browser = await startChromium();
    entrepot = await startManaged();
  });
  afterAll(async () => {
    await browser?.close();
    await entrepot?.close();
  });
  const there = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error("the suite has not begun");
    return part;
  };
  return {
    get browser() {
      return there(browser);
    },
    get entrepot() {
      return there(entrepot);
    },
  };
}
