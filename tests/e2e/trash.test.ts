import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { piece, pushImage } from "../support/images.ts";
import { reading } from "./chromium.ts";
import { ANN, CAT, clientOf, LANGUAGES, look, open, SIZES } from "./manage-world.ts";
import { managedSuite } from "./suite.ts";

const on = managedSuite();

function pull(name: string, reference: string) {
  return on.entrepot.registry.admin.get(`/v2/${name}/manifests/${reference}`);
}

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { edit, trash } = words;
  const suffix = locale.slice(0, 2).toLowerCase();
  const read = (act: (page: Page) => Promise<void>) =>
    reading(on.browser, on.entrepot.url, ({ page }) => act(page), { locale });
  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
  const about = (text: string, name: string) => text.replace("{{name}}", name);

  test("a repository is deleted after its name was typed, had back, and let go for good", () =>
    read(async (page) => {
      const repository = `old-${suffix}`;
      const name = `team/${repository}`;
      await pushImage(on.entrepot.registry.admin, name, "1", [piece(name)]);
      await open(page, words, CAT, `/projects/team/repositories/${repository}/tags`);
      await button(page, trash.remove).click();
      const form = page.getByRole("dialog", { name: about(trash.removeTitle, name) });
      const yes = form.getByRole("button", { name: trash.remove, exact: true });
      expect(await yes.isDisabled()).toBe(true);
      await form.getByLabel(about(trash.removeType, name)).fill(name);
      await yes.click();
      await page.waitForURL((url) => url.pathname === "/projects/team/repositories");
      (await pull(name, "1")).expect(404);

      await page.getByRole("link", { name: words.admin.trash, exact: true }).click();
      await button(page, `${edit.restore}: ${name}`).click();
      await page.getByText(about(trash.restored, name)).waitFor();
      (await pull(name, "1")).expect(200);

      const cat = await clientOf(on.entrepot, CAT);
      const gone = await cat.ask("DELETE", `/projects/team/repositories/${repository}`);
      expect(gone.status).toBe(204);
      await page.reload();
      await button(page, `${trash.empty}: ${name}`).click();
      await page
        .getByRole("dialog", { name: about(trash.emptyTitle, name) })
        .getByRole("button", { name: trash.empty, exact: true })
        .click();
      await page.getByText(about(trash.emptied, name)).waitFor();
      await button(page, `${edit.restore}: ${name}`).waitFor({ state: "detached" });
      await page.getByText(name, { exact: true }).waitFor({ state: "detached" });
    }));

  test("tags and images of a repository come back", () =>
    read(async (page) => {
      const repository = `back-${suffix}`;
      const name = `team/${repository}`;
      const { admin } = on.entrepot.registry;
      const { digest } = await pushImage(admin, name, "1", [piece(`first ${name}`)]);
      const second = await pushImage(admin, name, "2", [piece(`second ${name}`)]);
      (await admin.delete(`/v2/${name}/manifests/1`)).expect(202);
      (await admin.delete(`/v2/${name}/manifests/${second.digest}`)).expect(202);
      await open(page, words, CAT, `/projects/team/repositories/${repository}/trash`);
      const short = second.digest.slice(0, "sha256:".length + 12);
      await button(page, `${edit.restore}: ${short}`).click();
      await page.getByText(about(trash.restored, short)).waitFor();
      expect((await pull(name, "2")).headers.get("docker-content-digest")).toBe(second.digest);
      await button(page, `${edit.restore}: 1`).click();
      await page.getByText(about(trash.restored, "1")).waitFor();
      expect((await pull(name, "1")).headers.get("docker-content-digest")).toBe(digest);
    }));

  test.each(Object.entries(SIZES))("how it looks on a %s", (size, viewport) =>
    reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        const { admin } = on.entrepot.registry;
        const [repository, other] = [`shown-${suffix}-${size}`, `left-${suffix}-${size}`];
        const at = `/projects/team/repositories/${repository}`;
        const shown = await pushImage(admin, `team/${repository}`, "1", [piece(size)]);
        (await admin.delete(`/v2/team/${repository}/manifests/1`)).expect(202);
        await pushImage(admin, `team/${repository}`, "2", [piece(size), piece(locale)]);
        (await admin.delete(`/v2/team/${repository}/manifests/${shown.digest}`)).expect(202);
        await pushImage(admin, `team/${other}`, "1", [piece(size)]);
        (await admin.delete(`/api/v1/projects/team/repositories/${other}`)).expect(204);
        await open(page, words, ANN, `${at}/trash`);
        await button(page, `${edit.restore}: 1`).waitFor();
        await look(page, "trash of a repository", `${locale} ${size}`);
        await page.goto("/projects/team/trash");
        await button(page, `${trash.empty}: team/${other}`).waitFor();
        await look(page, "trash of a project", `${locale} ${size}`);
        await page.goto("/admin/deleted");
        await button(page, `${trash.empty}: gone`).waitFor();
        await look(page, "deleted projects", `${locale} ${size}`);
      },
      { locale, viewport, colorScheme: size === "phone" ? "dark" : "light" },
    ),
  );
});
