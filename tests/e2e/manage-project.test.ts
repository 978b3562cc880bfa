import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { reading } from "./chromium.ts";
import { ANN, BEN, CAT, clientOf, LANGUAGES, open } from "./manage-world.ts";
import { managedSuite } from "./suite.ts";
import { ageConfirmations } from "./world.ts";

const on = managedSuite();

/** Whether the server knows who shows this; what they may do is another matter. */
async function isKnown(secret: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${secret}` };
  return (await fetch(`${on.entrepot.url}/api/v1/me`, { headers })).status !== 401;
}

/** The secret that is shown, once it was put away. */
async function secretOf(page: Page, putAway: string): Promise<string> {
  const secret = (await page.getByTestId("secret").textContent()) ?? "";
  await page.getByRole("button", { name: putAway, exact: true }).click();
  return secret;
}

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { edit, members, robots, roles, settings, trust, tryIt, admin } = words;
  const suffix = locale.slice(0, 2);
  const read = (act: (page: Page) => Promise<void>) =>
    reading(on.browser, on.entrepot.url, ({ page }) => act(page), { locale });
  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

  test("a robot gets a secret that is told once, then another beside it, and is disabled", () =>
    read(async (page) => {
      await open(page, words, CAT, "/projects/team/robots");
      await button(page, robots.create).click();
      const form = page.getByRole("dialog", { name: robots.create });
      await form.getByRole("textbox", { name: robots.name }).fill(`deploy-${suffix}`);
      await form.getByRole("button", { name: robots.create }).click();
      const first = await secretOf(page, edit.putAway);
      expect(await isKnown(first)).toBe(true);
      expect(await page.content()).not.toContain(first);

      await page.getByRole("link", { name: `robot+team+deploy-${suffix}` }).click();
      await button(page, robots.rotate).click();
      const rotation = page.getByRole("dialog", { name: robots.rotate });
      await rotation.getByRole("button", { name: robots.rotate }).click();
      const second = await secretOf(page, edit.putAway);
      expect(await Promise.all([isKnown(first), isKnown(second)])).toEqual([true, true]);

      await button(page, edit.disable).click();
      await button(page, edit.enable).waitFor();
      expect(await Promise.all([isKnown(first), isKnown(second)])).toEqual([false, false]);
      await button(page, edit.enable).click();
      await button(page, edit.delete).click();
      await page
        .getByRole("dialog")
        .getByRole("button", { name: edit.delete, exact: true })
        .click();
      await button(page, edit.undo).click();
      await button(page, robots.rotate).waitFor();
    }));

  test("a role is given within bounds, changed, and taken away", () =>
    read(async (page) => {
      await open(page, words, CAT, "/projects/team/members");
      await button(page, members.add).click();
      const form = page.getByRole("dialog", { name: members.add });
      await form.getByRole("combobox", { name: members.who }).click();
      await page
        .getByRole("listbox")
        .getByRole("option", { name: members.kinds.everyone, exact: true })
        .click();
      await form.getByText(members.everyoneHint).waitFor();
      await form.getByRole("combobox", { name: members.role }).click();
      await page.getByRole("listbox").getByRole("option").first().click();
      await form.getByRole("switch", { name: members.bounded }).click();
      await form.getByRole("textbox", { name: members.repositories }).fill(`demo-${suffix}/**`);
      await form.getByRole("textbox", { name: members.condition }).fill("request.address ==");
      await form.getByRole("button", { name: members.add }).click();
      // What was typed is there still, beside why it is refused.
      await form.getByRole("alert").waitFor();
      await form.getByRole("textbox", { name: members.condition }).fill('action != "none"');
      await form.getByRole("button", { name: members.add }).click();
      const row = page.getByRole("row").filter({ hasText: `demo-${suffix}/**` });
      await row.getByText('action != "none"').waitFor();

      await row.getByRole("button").click();
      const change = page.getByRole("dialog");
      await change.getByRole("textbox", { name: members.tags }).fill("v*");
      await change.getByRole("button", { name: words.app.save, exact: true }).click();
      await row.getByText("v*").waitFor();

      await row.getByRole("checkbox").click();
      await button(page, members.revoke).click();
      await page.getByRole("dialog").getByRole("button", { name: members.revoke }).click();
      await row.waitFor({ state: "detached" });
    }));

  test("a role of one's own, out of permissions in words", () =>
    read(async (page) => {
      await open(page, words, CAT, "/projects/team/roles");
      await button(page, roles.create).click();
      const form = page.getByRole("dialog", { name: roles.create });
      await form.getByRole("textbox", { name: roles.name }).fill(`keeper-${suffix}`);
      await form.getByRole("checkbox", { name: words.may.repository_pull }).first().click();
      await form.getByRole("button", { name: roles.create }).click();
      const name = `keeper-${suffix}`;
      await button(page, `${edit.change}: ${name}`).click();
      const change = page.getByRole("dialog");
      await change.getByRole("checkbox", { name: words.may.project_read, exact: true }).click();
      await change.getByRole("button", { name: words.app.save, exact: true }).click();
      await change.waitFor({ state: "detached" });
      await button(page, `${roles.show}: ${name}`).click();
      await page.getByRole("dialog").getByText(words.may.project_read).waitFor();
      await page.keyboard.press("Escape");
      await button(page, `${edit.delete}: ${name}`).click();
      await page
        .getByRole("dialog")
        .getByRole("button", { name: edit.delete, exact: true })
        .click();
      await button(page, `${edit.change}: ${name}`).waitFor({ state: "detached" });
    }));

  test("who may what is tried, with every role that was looked at", () =>
    read(async (page) => {
      await open(page, words, CAT, "/projects/team/access");
      await page.getByRole("combobox", { name: tryIt.who }).click();
      await page.getByRole("option", { name: tryIt.whos.user, exact: true }).click();
      await page.getByRole("combobox", { name: members.name, exact: true }).fill(BEN.name);
      await page.getByRole("combobox", { name: tryIt.what }).click();
      await page.getByRole("option", { name: words.may.repository_push, exact: true }).click();
      await page.getByLabel(tryIt.where, { exact: true }).fill("team/web/api");
      await page.getByLabel(tryIt.tag, { exact: true }).fill("v2");
      await button(page, tryIt.ask).click();
      await page.getByText(tryIt.allowed, { exact: true }).waitFor();
      await page.getByText(tryIt.counts, { exact: true }).waitFor();
      await page.getByLabel(tryIt.tag, { exact: true }).fill("latest");
      await button(page, tryIt.ask).click();
      await page.getByText(tryIt.refused, { exact: true }).waitFor();
      await page.getByText(tryIt.countsNot, { exact: true }).waitFor();
      await page.getByLabel(tryIt.claims, { exact: true }).fill("{");
      await button(page, tryIt.ask).click();
      await page.getByText(tryIt.noJson).waitFor();
    }));

  test("a workload is trusted by a template", () =>
    read(async (page) => {
      await open(page, words, CAT, "/projects/team/trust");
      await button(page, trust.create).click();
      const form = page.getByRole("dialog", { name: trust.create });
      await form.getByRole("combobox", { name: trust.template }).click();
      await page.getByRole("option", { name: "GitHub Actions" }).click();
      await form.getByPlaceholder("octo-org").fill("acme");
      await form.getByPlaceholder("octo-repo").fill("shop");
      const subject = form.getByRole("textbox", { name: trust.subject });
      expect(await subject.inputValue()).toBe("repo:acme/shop:ref:refs/heads/{branch}");
      await subject.fill("repo:acme/shop:*");
      await form.getByRole("textbox", { name: trust.issuer }).fill("http://127.0.0.1:9/issuer");
      await form.getByRole("textbox", { name: members.condition }).fill("");
      await form.getByRole("textbox", { name: trust.name, exact: true }).fill(`shop ${suffix}`);
      await form.getByRole("combobox", { name: trust.robot }).click();
      await page.getByRole("option", { name: "robot+team+ci" }).click();
      await form.getByRole("button", { name: trust.create }).click();
      await button(page, `${edit.disable}: shop ${suffix}`).click();
      await button(page, `${edit.enable}: shop ${suffix}`).waitFor();
      await button(page, `${edit.delete}: shop ${suffix}`).click();
      await page
        .getByRole("dialog")
        .getByRole("button", { name: edit.delete, exact: true })
        .click();
      await button(page, `${edit.enable}: shop ${suffix}`).waitFor({ state: "detached" });
    }));

  test("two who change one thing: the second sees both, and chooses", () =>
    read(async (page) => {
      const ann = await clientOf(on.entrepot, ANN);
      const theirs = (description: string) => ann.ask("PATCH", "/projects/team", { description });
      await theirs("as it was");
      await open(page, words, CAT, "/projects/team/settings");
      const description = page.getByRole("textbox", { name: edit.description });
      await description.fill("as cat wants it");
      await theirs("as ann wants it");
      await button(page, words.app.save).click();
      const conflict = page.getByRole("dialog", { name: edit.conflict });
      await conflict.getByRole("cell", { name: "as ann wants it" }).waitFor();
      await conflict.getByRole("cell", { name: "as cat wants it" }).waitFor();
      await conflict.getByRole("button", { name: edit.takeTheirs }).click();
      await conflict.waitFor({ state: "detached" });
      expect(await description.inputValue()).toBe("as ann wants it");

      await description.fill("as cat wants it");
      await theirs("as ann still wants it");
      await button(page, words.app.save).click();
      await conflict.getByRole("button", { name: edit.takeMine }).click();
      await page.getByText(words.app.saved, { exact: true }).waitFor();
      const now = await ann.ask("GET", "/projects/team");
      expect(now.json.description).toBe("as cat wants it");
    }));

  test("a project is deleted with a fresh proof, and had back", () =>
    read(async (page) => {
      const ann = await clientOf(on.entrepot, ANN);
      const name = `brief-${suffix}`;
      expect((await ann.ask("POST", "/projects", { name })).status).toBe(201);
      await open(page, words, ANN, `/projects/${name}/settings`);
      await button(page, settings.delete).waitFor();
      await ageConfirmations(on.entrepot.registry.database);
      await button(page, settings.delete).click();
      const title = settings.deleteTitle.replace("{{name}}", name);
      const question = page.getByRole("dialog", { name: title });
      const [takes = ""] = words.storage.frees.split("{{");
      await question.getByText(takes.trim()).waitFor();
      const yes = question.getByRole("button", { name: settings.delete, exact: true });
      expect(await yes.isDisabled()).toBe(true);
      await question.getByRole("textbox").fill(name);
      await yes.click();
      const proof = page.getByRole("dialog", { name: words.factor.confirmTitle });
      await proof.getByLabel(words.factor.password, { exact: true }).fill(ANN.password);
      await proof.getByRole("button", { name: words.factor.submit }).click();
      await page.getByText(settings.deleted.replace("{{name}}", name)).waitFor();
      expect((await ann.ask("GET", `/projects/${name}`)).status).toBe(404);
      await button(page, edit.undo).click();
      await button(page, settings.delete).waitFor();
      expect((await ann.ask("GET", `/projects/${name}`)).status).toBe(200);
    }));

  test("activity tells in words what happened", () =>
    read(async (page) => {
      await open(page, words, CAT, "/projects/team/activity?action=tag.create");
      await page.getByText(`admin ${words.acts.tag_create}`).first().waitFor();
      const file = page.waitForEvent("download");
      await page
        .getByRole("link", { name: words.audit.export.replace("{{format}}", "CSV") })
        .click();
      expect((await file).suggestedFilename()).toBe("audit.csv");
    }));

  test("who may less is offered less", () =>
    read(async (page) => {
      await open(page, words, BEN, "/projects/team/members");
      await page.getByText(edit.refused).waitFor();
      const ways = page.getByRole("navigation", { name: admin.ofProject });
      await ways.getByRole("link", { name: admin.access, exact: true }).waitFor();
      expect(await ways.getByRole("link", { name: admin.members, exact: true }).count()).toBe(0);
      expect(await button(page, admin.title).count()).toBe(0);
      await page.goto("/admin");
      await page.waitForURL((url) => url.pathname === "/");
    }));
});
