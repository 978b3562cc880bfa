import { describe, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { piece, pushImage } from "../support/images.ts";
import { reading } from "./chromium.ts";
import { CAT, clientOf, LANGUAGES, look, open, SIZES } from "./manage-world.ts";
import { managedSuite } from "./suite.ts";

const on = managedSuite();

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { edit, retention } = words;
  const suffix = locale.slice(0, 2).toLowerCase();
  const repository = `aged-${suffix}`;
  const name = `team/${repository}`;
  const policy = `cleaning ${suffix}`;
  const field = (form: Locator, text: string) =>
    form.getByRole("textbox", { name: text, exact: true });
  const button = (page: Page | Locator, text: string) =>
    page.getByRole("button", { name: text, exact: true });

  test("a policy shows what it will delete, and does that", () =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        const { admin } = on.entrepot.registry;
        for (const tag of ["v1", "v2", "pr-1", "pr-2"]) {
          await pushImage(admin, name, tag, [piece(`${name} ${tag}`)]);
        }
        await open(page, words, CAT, "/projects/team/retention");
        await button(page, retention.create).first().click();
        const form = page.getByRole("dialog", { name: retention.create });
        await field(form, retention.name).fill(policy);
        const repositories = form.getByLabel(retention.repositories, { exact: true });
        await repositories.click();
        await page.keyboard.press("Backspace");
        await repositories.fill(repository);
        await page.keyboard.press("Enter");

        // The second rule deletes by age; it is to delete by tags instead.
        const second = form.getByRole("group", {
          name: retention.rule.replace("{{place}}", "2"),
        });
        const { condition } = retention;
        await button(second, `${retention.remove}: ${condition.olderThanDays}`).click();
        await second.getByLabel(retention.addCondition).selectOption("tags");
        await second.getByLabel(condition.tags, { exact: true }).fill("pr-*");
        await page.keyboard.press("Enter");
        const preview = form.getByRole("region", { name: retention.preview });
        // The ten newest are kept, and that beats what deletes.
        await preview.getByText(retention.outcomes.spared, { exact: true }).first().waitFor();
        const first = form.getByRole("group", { name: retention.rule.replace("{{place}}", "1") });
        await button(first, retention.removeRule.replace("{{place}}", "1")).click();
        await preview.getByText(`${name}:pr-2`).waitFor();
        await preview.getByText(retention.outcomes.going, { exact: true }).first().waitFor();
        expect(await preview.getByText(`${name}:v1`).count()).toBe(0);
        await look(page, "retention form", locale);
        await button(form, retention.create).click();
        await form.waitFor({ state: "detached" });

        await button(page, `${retention.run}: ${policy}`).click();
        await button(page.getByRole("dialog"), retention.run).click();
        const runs = page.getByRole("region", { name: retention.runs });
        await runs.getByText(retention.states.done, { exact: true }).first().waitFor();
        await button(runs, `${retention.report}: ${policy}`).click();
        const report = page.getByRole("dialog");
        await report.getByText(`${name}:pr-1`).waitFor();
        await report.getByText(retention.outcomes.gone, { exact: true }).first().waitFor();
        await look(page, "retention report", locale);
        (await admin.get(`/v2/${name}/manifests/pr-1`)).expect(404);
        (await admin.get(`/v2/${name}/manifests/v1`)).expect(200);
      },
      { locale },
    ));

  test.each(Object.entries(SIZES))("how it looks on a %s", (size, viewport) =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        const cat = await clientOf(on.entrepot, CAT);
        const named = `look ${suffix} ${size}`;
        const rules = [
          { action: "keep", newest: { count: 5, by: "version", per: "minor" } },
          { action: "delete", tags: [`look-${suffix}-*`], olderThanDays: 30 },
        ];
        const terms = { name: named, repositories: ["**"], rules };
        const schedule = { cron: "0 3 * * *", timeZone: "Europe/Berlin" };
        const made = await cat.ask("POST", "/projects/team/retention-policies", {
          ...terms,
          schedule,
        });
        expect(made.status).toBe(201);
        await open(page, words, CAT, "/projects/team/retention");
        await button(page, `${edit.change}: ${named}`).waitFor();
        await look(page, "retention policies", `${locale} ${size}`);
      },
      { locale, viewport, colorScheme: size === "phone" ? "dark" : "light" },
    ),
  );
});
