import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { piece, pushImage } from "../support/images.ts";
import { reading } from "./chromium.ts";
import { ANN, CAT, LANGUAGES, look, open, SIZES } from "./manage-world.ts";
import { managedSuite } from "./suite.ts";

const on = managedSuite();

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { reclaim } = words;
  const read = (act: (page: Page) => Promise<void>) =>
    reading(on.browser, on.entrepot.url, ({ page }) => act(page), { locale });
  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

  test("an administrator pauses reclaiming, lets it go on, and has it done now", () =>
    read(async (page) => {
      await open(page, words, ANN, "/admin/reclaim");
      await button(page, reclaim.pause).click();
      await page.getByText(reclaim.said.pause).waitFor();
      await page.getByText(reclaim.paused, { exact: true }).waitFor();
      expect(await button(page, reclaim.run).isDisabled()).toBe(true);
      await button(page, reclaim.resume).click();
      await page.getByText(reclaim.said.resume).waitFor();
      await page.getByText(reclaim.paused, { exact: true }).waitFor({ state: "detached" });
      await button(page, reclaim.run).click();
      await page.getByText(reclaim.said.run).waitFor();
    }));

  test("an image says why it is kept", () =>
    read(async (page) => {
      const repository = `kept-${locale.slice(0, 2)}`;
      const { digest } = await pushImage(
        on.entrepot.registry.admin,
        `team/${repository}`,
        "stable",
        [piece(repository)],
      );
      const at = `/projects/team/repositories/${repository}/artifacts/${digest}/overview`;
      await open(page, words, CAT, at);
      const why = page.getByRole("list", { name: reclaim.why.title });
      await why.getByText(reclaim.why.tag).waitFor();
      await why.getByRole("link", { name: "stable" }).waitFor();
    }));

  test.each(Object.entries(SIZES))("how it looks on a %s", (size, viewport) =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        await open(page, words, ANN, "/admin/reclaim");
        await page.getByText(reclaim.waitingBytes).waitFor();
        await look(page, "reclaiming", `${locale} ${size}`);
      },
      { locale, viewport, colorScheme: size === "phone" ? "dark" : "light" },
    ),
  );
});
