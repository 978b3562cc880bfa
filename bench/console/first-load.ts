import type { Browser } from "playwright-core";
import { settled } from "./tour.ts";

/** What a browser that has nothing yet is sent until a page stands: its files, and their bytes on the line. */
export async function firstLoad(browser: Browser, url: string, path: string) {
  const context = await browser.newContext({ baseURL: url, locale: "en-GB" });
  try {
    const page = await context.newPage();
    const wire = await context.newCDPSession(page);
    await wire.send("Network.enable");
    const files = new Set<string>();
    let bytes = 0;
    wire.on("Network.responseReceived", ({ requestId, response }) => {
      if (!new URL(response.url).pathname.startsWith("/api/")) files.add(requestId);
    });
    wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (files.has(requestId)) bytes += encodedDataLength;
    });
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await settled(page);
    await page.waitForLoadState("networkidle");
    return { files: files.size, bytes };
  } finally {
    await context.close();
  }
}
