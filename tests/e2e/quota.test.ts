import { describe, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { piece, pushBlob, pushImage } from "../support/images.ts";
import { reading } from "./chromium.ts";
import { ANN, CAT, clientOf, LANGUAGES, look, open, SIZES } from "./manage-world.ts";
import { managedSuite } from "./suite.ts";

const on = managedSuite();

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { quota } = words;
  const button = (page: Page, text: string) =>
    page.getByRole("button", { name: text, exact: true });
  const field = (form: Locator, text: string) => form.getByLabel(text, { exact: true });

  test("an administrator limits a project; its people see how full it is, and by what", () =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        const { admin } = on.entrepot.registry;
        await pushImage(admin, "other/app", "1", [piece(`some bytes for ${locale}`)]);
        await open(page, words, ANN, "/admin/quotas");
        await button(page, `${quota.change}: other`).click();
        const form = page.getByRole("dialog", {
          name: quota.changeTitle.replace("{{name}}", "other"),
        });
        await field(form, quota.fields.bytes).fill("a lot");
        await form.getByText(quota.unreadable.replace("{{text}}", "a lot")).waitFor();
        await field(form, quota.fields.bytes).fill("1KiB");
        await field(form, quota.fields.bytesWarn).fill("10 B");
        await look(page, "quota form", locale);
        await form.getByRole("button", { name: words.app.save, exact: true }).click();
        await form.waitFor({ state: "detached" });
        await page.getByText(quota.levels.warn, { exact: true }).first().waitFor();

        await page.goto("/projects/other/repositories");
        await page.getByText(quota.warnWords).waitFor();
        await look(page, "quota bar", locale);
        const tooMuch = piece(`${locale} `.repeat(1_000));
        let refused = "";
        try {
          await pushBlob(admin, "other/app", tooMuch);
        } catch (error) {
          refused = String(error);
        }
        expect(refused).toContain("other");

        await page.goto("/projects/other/settings");
        await page.getByRole("table", { name: quota.report }).getByText("other/app").waitFor();
        await button(page, quota.change).click();
        const again = page.getByRole("dialog");
        for (const each of [quota.fields.bytes, quota.fields.bytesWarn]) {
          await field(again, each).fill("");
        }
        await again.getByRole("button", { name: words.app.save, exact: true }).click();
        await again.waitFor({ state: "detached" });
        await pushBlob(admin, "other/app", piece(`room again for ${locale}`));
      },
      { locale },
    ));

  test.each(Object.entries(SIZES))("how it looks on a %s", (size, viewport) =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        const ann = await clientOf(on.entrepot, ANN);
        const limits = { bytes: 100, bytesWarn: 50 };
        expect((await ann.ask("PATCH", "/projects/team/quota", limits)).status).toBe(200);
        await open(page, words, CAT, "/projects/team/settings");
        await page.getByRole("table", { name: quota.report }).waitFor();
        await page.getByText(quota.fullWords).waitFor();
        // Limits are the installation's to set.
        expect(await button(page, quota.change).count()).toBe(0);
        await look(page, "quota in settings", `${locale} ${size}`);
      },
      { locale, viewport, colorScheme: size === "phone" ? "dark" : "light" },
    ),
  );

  test.each(Object.entries(SIZES))("how all of them look on a %s", (size, viewport) =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        await open(page, words, ANN, "/admin/quotas");
        await button(page, `${quota.change}: team`).waitFor();
        await look(page, "quotas", `${locale} ${size}`);
      },
      { locale, viewport, colorScheme: size === "phone" ? "dark" : "light" },
    ),
  );
});
