import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { filesIn, harm } from "../integrity/bench.ts";
import { pattern, piece, pushBlob, pushImage } from "../support/images.ts";
import { storageOf } from "../support/registry.ts";
import { reading } from "./chromium.ts";
import { ANN, LANGUAGES, look, open, SIZES } from "./manage-world.ts";
import { managedSuite } from "./suite.ts";

const on = managedSuite();

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** Pushes an image and flips a bit of its layer behind the registry's back. */
async function damaged(name: string, seed: number) {
  const layer = piece(pattern(200_000, seed));
  const { registry } = on.entrepot;
  await pushImage(registry.admin, name, "1", [layer]);
  const root = storageOf(registry);
  const hex = layer.digest.slice("sha256:".length);
  const [file = ""] = (await filesIn(root)).filter((path) => path.includes(hex));
  await harm(join(root, file), "flip");
  return layer;
}

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { integrity } = words;
  const suffix = locale.slice(0, 2).toLowerCase();
  const seed = suffix.charCodeAt(0);

  async function startScrub(page: Page): Promise<void> {
    await button(page, integrity.start).click();
    const form = page.getByRole("dialog", { name: integrity.startTitle });
    await form.getByRole("button", { name: integrity.start, exact: true }).click();
    await page.getByText(integrity.started).waitFor();
  }

  test("a flipped bit is found by a scrub, told with advice, and gone after a push", () =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        const name = `team/torn-${suffix}`;
        const layer = await damaged(name, seed);
        await open(page, words, ANN, "/admin/integrity");
        await startScrub(page);
        const row = page.getByRole("row").filter({ hasText: name });
        await row.getByText(integrity.kinds.corrupt, { exact: true }).waitFor();
        await row.getByText(integrity.advice.corrupt).waitFor();
        const { admin } = on.entrepot.registry;
        (await admin.get(`/v2/${name}/blobs/${layer.digest}`)).expect(503);
        await pushBlob(admin, name, layer);
        (await admin.get(`/v2/${name}/blobs/${layer.digest}`)).expect(200);
        await row.getByText(integrity.endedAs.pushed).waitFor();
        await page.getByRole("combobox", { name: integrity.which }).selectOption("open");
        await row.waitFor({ state: "detached" });
        await page.getByRole("tab", { name: integrity.scrubs }).click();
        await page.getByText(integrity.states.done, { exact: true }).first().waitFor();
      },
      { locale },
    ));

  test.each(Object.entries(SIZES))("how it looks on a %s", (size, viewport) =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        const name = `team/seen-${suffix}-${size}`;
        await damaged(name, seed + size.length);
        await open(page, words, ANN, "/admin/integrity");
        await startScrub(page);
        await page.getByText(name).first().waitFor();
        await look(page, "integrity findings", `${locale} ${size}`);
        await page.getByRole("tab", { name: integrity.scrubs }).click();
        await page.getByRole("table", { name: integrity.scrubs }).waitFor();
        await look(page, "integrity scrubs", `${locale} ${size}`);
        await button(page, integrity.start).click();
        await page.getByRole("dialog").waitFor();
        await look(page, "integrity start", `${locale} ${size}`);
        expect(await page.getByLabel(integrity.repository).count()).toBe(1);
      },
      { locale, viewport, colorScheme: size === "phone" ? "dark" : "light" },
    ),
  );
});
