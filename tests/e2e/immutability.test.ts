import { describe, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { piece, pushImage } from "../support/images.ts";
import { reading } from "./chromium.ts";
import { CAT, clientOf, LANGUAGES, look, open, SIZES } from "./manage-world.ts";
import { managedSuite } from "./suite.ts";

const on = managedSuite();

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { edit, immutability } = words;
  const suffix = locale.slice(0, 2).toLowerCase();
  const repository = `kept-${suffix}`;
  const name = `team/${repository}`;
  const field = (form: Locator, text: string) =>
    form.getByRole("textbox", { name: text, exact: true });
  const button = (page: Page, text: string) =>
    page.getByRole("button", { name: text, exact: true });

  test("a rule shows what it will keep, keeps it, and lets it go again", () =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        const { admin } = on.entrepot.registry;
        for (const tag of ["v1", "v2", "v3-rc"]) {
          await pushImage(admin, name, tag, [piece(`${name} ${tag}`)]);
        }
        await open(page, words, CAT, "/projects/team/immutability");
        await button(page, immutability.create).first().click();
        const form = page.getByRole("dialog", { name: immutability.create });
        await field(form, immutability.name).fill(`releases ${suffix}`);
        await field(form, immutability.repositories).fill(repository);
        await field(form, immutability.tags).fill("v*");
        const preview = form.getByRole("region", { name: immutability.preview });
        await preview.getByText(`${name}:v3-rc`).waitFor();
        await form.getByLabel(immutability.exceptTags, { exact: true }).fill("*-rc");
        await page.keyboard.press("Enter");
        await preview.getByText(`${name}:v3-rc`).waitFor({ state: "detached" });
        await preview.getByText(`${name}:v1`).waitFor();
        await look(page, "immutability form", locale);
        await form.getByRole("button", { name: immutability.create, exact: true }).click();
        await button(page, `${edit.change}: releases ${suffix}`).waitFor();

        (await admin.delete(`/v2/${name}/manifests/v1`)).refuses(409, "DENIED");
        (await admin.delete(`/v2/${name}/manifests/v3-rc`)).expect(202);
        await page.goto(`/projects/team/repositories/${repository}/tags`);
        await page.getByText(immutability.badge, { exact: true }).first().waitFor();
        expect(await page.getByText(immutability.badge, { exact: true }).count()).toBe(2);
        await look(page, "immutable tags", locale);

        await page.goto("/projects/team/immutability");
        await button(page, `${edit.change}: releases ${suffix}`).click();
        const change = page.getByRole("dialog");
        await field(change, immutability.tags).fill("v2");
        await change.getByRole("button", { name: words.app.save, exact: true }).click();
        await change.waitFor({ state: "detached" });
        (await admin.delete(`/v2/${name}/manifests/v1`)).expect(202);
        (await admin.delete(`/v2/${name}/manifests/v2`)).refuses(409, "DENIED");

        await button(page, `${edit.delete}: releases ${suffix}`).click();
        await page
          .getByRole("dialog")
          .getByRole("button", { name: edit.delete, exact: true })
          .click();
        await button(page, `${edit.change}: releases ${suffix}`).waitFor({ state: "detached" });
        (await admin.delete(`/v2/${name}/manifests/v2`)).expect(202);
      },
      { locale },
    ));

  test.each(Object.entries(SIZES))("how it looks on a %s", (size, viewport) =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        const cat = await clientOf(on.entrepot, CAT);
        const rule = `look ${suffix} ${size}`;
        const terms = { name: rule, tags: `look-${suffix}-*`, exceptTags: ["*-rc", "*-dev"] };
        const made = await cat.ask("POST", "/projects/team/immutability-rules", terms);
        expect(made.status).toBe(201);
        await open(page, words, CAT, "/projects/team/immutability");
        await button(page, `${edit.change}: ${rule}`).waitFor();
        await look(page, "immutability rules", `${locale} ${size}`);
      },
      { locale, viewport, colorScheme: size === "phone" ? "dark" : "light" },
    ),
  );
});
