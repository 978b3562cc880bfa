import { describe, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { piece, pushImage } from "../support/images.ts";
import { reading } from "./chromium.ts";
import { CAT, clientOf, LANGUAGES, look, open, SIZES } from "./manage-world.ts";
import { managedSuite } from "./suite.ts";

/** Two rules, of which the second asks for two tags at once, which cannot be said here. */
const rule = (rulePriority: number, tagPatternList: string[]) => ({
  rulePriority,
  selection: {
    tagStatus: "tagged",
    tagPatternList,
    countType: "imageCountMoreThan",
    countNumber: 1,
  },
  action: { type: "expire" },
});
const lifecycle = (tag: string) =>
  JSON.stringify({ rules: [rule(1, [`${tag}-*`]), rule(2, ["a*", "b*"])] });

const on = managedSuite();

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { app, edit, retention } = words;
  const suffix = locale.slice(0, 2).toLowerCase();
  const name = `team/imported-${suffix}`;
  const button = (where: Page | Locator, text: string) =>
    where.getByRole("button", { name: text, exact: true });

  async function readForeign(page: Page, text: string): Promise<Locator> {
    await open(page, words, CAT, "/projects/team/retention");
    await button(page, retention.import).click();
    const dialog = page.getByRole("dialog", { name: retention.import });
    await dialog.getByLabel(retention.json, { exact: true }).fill(text);
    await button(dialog, retention.read).click();
    return dialog;
  }

  test("a policy of another registry shows what it becomes, what it cannot be, and what it would do", () =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        const { admin } = on.entrepot.registry;
        for (const tag of [`${suffix}-1`, `${suffix}-2`, "other"]) {
          await pushImage(admin, name, tag, [piece(`${name} ${tag}`)]);
        }
        const dialog = await readForeign(page, "{");
        await dialog.getByText(retention.notJson).waitFor();
        const text = dialog.getByLabel(retention.json, { exact: true });
        await text.fill("[]");
        await button(dialog, retention.read).click();
        await dialog.getByRole("alert").waitFor();

        await text.fill(lifecycle(suffix));
        await button(dialog, retention.read).click();
        const left = dialog.getByRole("region", { name: retention.notCarried });
        await left.getByRole("listitem").first().waitFor();
        const preview = dialog.getByRole("region", { name: retention.preview });
        await preview.getByText(`${name}:${suffix}-1`).waitFor();
        expect(await preview.getByText(`${name}:other`).count()).toBe(0);
        const called = dialog.getByLabel(retention.name, { exact: true });
        await called.fill(`from elsewhere ${suffix}`);
        await look(page, "retention import", locale);
        const cat = await clientOf(on.entrepot, CAT);
        const saved = async () => {
          const { json } = await cat.ask("GET", "/projects/team/retention-policies");
          return (json.items as { name: string }[]).map((each) => each.name);
        };
        expect(await saved()).not.toContain(`from elsewhere ${suffix}`);
        await button(dialog, retention.saveImported.replace("{{name}}", "imported")).click();
        await dialog.getByText(app.saved, { exact: true }).waitFor();
        expect(await saved()).toContain(`from elsewhere ${suffix}`);
        await button(dialog, app.cancel).click();
        await button(page, `${edit.change}: from elsewhere ${suffix}`).waitFor();
      },
      { locale },
    ));

  test.each(Object.entries(SIZES))("how it looks on a %s", (size, viewport) =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        const dialog = await readForeign(page, lifecycle("any"));
        await dialog.getByRole("region", { name: retention.preview }).waitFor();
        await look(page, "retention import", `${locale} ${size}`);
      },
      { locale, viewport, colorScheme: size === "phone" ? "dark" : "light" },
    ),
  );
});
