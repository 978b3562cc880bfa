import { describe, expect, test } from "bun:test";
import type { BrowserContext, Page } from "playwright-core";
import { reading } from "./chromium.ts";
import { ANN, clientOf, DAN, FAY, LANGUAGES, open } from "./manage-world.ts";
import { managedSuite } from "./suite.ts";

const on = managedSuite();

describe.each(LANGUAGES)("in %s", (locale, words) => {
  const { admin, audit, edit, groups, jobs, keys, list, people, providers } = words;
  const suffix = locale.slice(0, 2);
  const read = (act: (page: Page, context: BrowserContext) => Promise<void>) =>
    reading(on.browser, on.entrepot.url, ({ page, context }) => act(page, context), { locale });
  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

  test("an account: made, with a password that is told once; disabled, deleted, had back", () =>
    read(async (page) => {
      const name = `new-${suffix}`;
      await open(page, words, ANN, "/admin/users");
      await button(page, people.createUser).click();
      const form = page.getByRole("dialog", { name: people.createUser });
      await form.getByRole("textbox", { name: words.signIn.name }).fill(name);
      await form.getByRole("button", { name: people.createUser }).click();
      const password = (await page.getByTestId("secret").textContent()) ?? "";
      await button(page, edit.putAway).click();
      await reading(
        on.browser,
        on.entrepot.url,
        async ({ page: theirs }) => {
          await theirs.goto("/sign-in");
          await theirs.getByLabel(words.signIn.name, { exact: true }).fill(name);
          await theirs.getByLabel(words.signIn.password, { exact: true }).fill(password);
          await theirs.keyboard.press("Enter");
          await theirs.getByText(words.newPassword.intro).waitFor();
        },
        { locale },
      );
      await page.getByLabel(list.begins).fill(name);
      await page.waitForURL((url) => url.searchParams.get("name") === name);
      const choose = words.browse.table.choose.replace("{{name}}", name);
      await page.getByRole("checkbox", { name: choose }).click();
      await button(page, edit.disable).click();
      await page.getByRole("dialog").getByRole("button", { name: edit.disable }).click();
      const row = page.getByRole("row").filter({ hasText: name });
      await row.getByText(words.standing.disabled).waitFor();

      await page.getByRole("link", { name, exact: true }).click();
      await button(page, people.more).click();
      await page.getByRole("menuitem", { name: people.acts.delete }).click();
      await page.getByRole("dialog").getByRole("button", { name: people.acts.delete }).click();
      await button(page, edit.restore).click();
      await button(page, people.more).waitFor();
    }));

  test("what is typed while a list is on its way narrows it down all the same", () =>
    read(async (page) => {
      const { promise: typed, resolve: go } = Promise.withResolvers<void>();
      await page.route(/\/api\/v1\/users\?/, async (route) => {
        await typed;
        await route.continue();
      });
      await open(page, words, ANN, "/admin/users");
      const field = page.getByLabel(list.begins);
      await field.fill(DAN.name);
      go();
      await page.waitForURL((url) => url.searchParams.get("name") === DAN.name);
      expect(await field.inputValue()).toBe(DAN.name);
      await page.getByRole("link", { name: DAN.name, exact: true }).waitFor();
    }));

  test("a password is reset, sessions are ended", () =>
    read(async (page) => {
      const dan = await clientOf(on.entrepot, DAN);
      await open(page, words, ANN, "/admin/users?name=dan");
      await page.getByRole("link", { name: "dan", exact: true }).click();
      await button(page, people.more).click();
      await page.getByRole("menuitem", { name: people.acts.sessions }).click();
      await page.getByRole("dialog").getByRole("button", { name: people.acts.sessions }).click();
      await page.getByRole("status").getByText(edit.done).waitFor();
      expect((await dan.ask("GET", "/me")).status).toBe(401);
    }));

  test("a group, and who is in it", () =>
    read(async (page) => {
      const name = `crew-${suffix}`;
      await open(page, words, ANN, "/admin/groups");
      await button(page, groups.create).click();
      const form = page.getByRole("dialog", { name: groups.create });
      await form.getByRole("textbox", { name: words.members.name }).fill(name);
      await form.getByRole("button", { name: groups.create }).click();
      await page.getByRole("heading", { level: 1, name }).waitFor();
      const who = page.getByRole("combobox", { name: groups.addMember, exact: true });
      await who.fill("nobody-at-all");
      await button(page, edit.add).click();
      await page.getByText(groups.unknown).waitFor();
      await who.fill("ben");
      await button(page, edit.add).click();
      await button(page, `${words.app.remove}: ben`).click();
      await page.getByText(groups.noMembers).waitFor();
      await button(page, edit.delete).click();
      await page
        .getByRole("dialog")
        .getByRole("button", { name: edit.delete, exact: true })
        .click();
      await page.waitForURL((url) => url.pathname === "/admin/groups");
    }));

  test("a login provider is tried, step by step", () =>
    read(async (page) => {
      await open(page, words, ANN, "/admin/providers");
      await page.getByRole("button", { name: new RegExp(`^${providers.test}: `) }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel(words.signIn.name, { exact: true }).fill(FAY.name);
      await dialog.getByLabel(words.signIn.password, { exact: true }).fill(FAY.password);
      await dialog.getByRole("button", { name: providers.test, exact: true }).click();
      await dialog.getByRole("status").getByText(providers.works).waitFor();
      await page.keyboard.press("Escape");

      // Somebody of the provider gets an account before their first login.
      await page.getByRole("button", { name: new RegExp(`^${providers.admit}: `) }).click();
      const form = page.getByRole("dialog");
      const name = `admitted-${suffix}`;
      await form.getByRole("textbox", { name: providers.subject }).fill(name);
      await form.getByRole("textbox", { name: words.signIn.name, exact: true }).fill(name);
      await form.getByRole("button", { name: providers.admit, exact: true }).click();
      await page.getByRole("heading", { level: 1, name }).waitFor();
    }));

  test("the log is narrowed down, looked into, checked and taken along", () =>
    read(async (page) => {
      await open(page, words, ANN, "/admin/audit");
      await page.getByLabel(audit.action).fill("robot.");
      await page.waitForURL((url) => url.searchParams.get("action") === "robot.");
      await page
        .getByRole("row")
        .filter({ hasText: "robot+team+ci" })
        .getByRole("button")
        .first()
        .click();
      await page.getByRole("dialog").getByText("robot.create").waitFor();
      await page.keyboard.press("Escape");
      await button(page, audit.verify).click();
      await page.getByText(audit.intact).waitFor();
      const file = page.waitForEvent("download");
      const name = audit.export.replace("{{format}}", "JSON");
      await page.getByRole("link", { name }).click();
      const stream = await (await file).createReadStream();
      const lines: Buffer[] = [];
      for await (const piece of stream) lines.push(piece);
      const entries = Buffer.concat(lines).toString().trim().split("\n");
      expect(entries.length).toBeGreaterThan(0);
      for (const line of entries) expect(JSON.parse(line).action).toMatch(/^robot\./);
    }));

  test("a job is run now, and followed to its end", () =>
    read(async (page) => {
      await open(page, words, ANN, "/admin/jobs?tab=schedules");
      await button(page, `${jobs.run}: jobs.purge`).click();
      await page.waitForURL((url) => /^\/admin\/jobs\/\w+$/.test(url.pathname));
      await page.getByText(jobs.states.done, { exact: true }).waitFor();
      await page.goto("/admin/jobs?state=done");
      await page.getByRole("link", { name: "jobs.purge" }).first().waitFor();
    }));

  test("a deleted project is had back", () =>
    read(async (page) => {
      const ann = await clientOf(on.entrepot, ANN);
      const name = `lost-${suffix}`;
      expect((await ann.ask("POST", "/projects", { name })).status).toBe(201);
      expect((await ann.ask("DELETE", `/projects/${name}`)).status).toBe(200);
      await open(page, words, ANN, "/admin/deleted");
      await button(page, `${edit.restore}: ${name}`).click();
      await page.getByText(words.trash.restored.replace("{{name}}", name)).waitFor();
    }));

  test("a new signing key", () =>
    read(async (page) => {
      await open(page, words, ANN, "/admin/keys");
      await button(page, keys.rotate).click();
      await page.getByRole("dialog").getByRole("button", { name: keys.rotate }).click();
      await page.getByText(keys.rotated).waitFor();
    }));

  test("columns and order stand in the address", () =>
    read(async (page) => {
      await open(page, words, ANN, "/admin/users");
      await button(page, words.browse.table.columns).click();
      await page.getByRole("checkbox", { name: words.profile.origin }).click();
      await page.waitForURL((url) => url.searchParams.get("hide") === "origin");
      await page.keyboard.press("Escape");
      await button(page, words.people.lastLogin).click();
      await page.waitForURL((url) => url.searchParams.get("sort") === "lastLogin");
      await page.reload();
      const sorted = page.locator('th[aria-sort="ascending"]');
      expect(await sorted.textContent()).toContain(people.lastLogin);
      const titles = page.getByRole("columnheader", { name: words.profile.origin });
      expect(await titles.count()).toBe(0);
    }));

  test("a session that ended in the middle: what was typed is there again after signing in", () =>
    read(async (page) => {
      await open(page, words, ANN, "/admin/groups");
      await button(page, groups.create).click();
      const form = page.getByRole("dialog", { name: groups.create });
      await form.getByRole("textbox", { name: words.members.name }).fill(`slow-${suffix}`);
      await form.getByRole("textbox", { name: edit.description }).fill("typed at length");
      const ann = await clientOf(on.entrepot, ANN);
      expect((await ann.ask("DELETE", "/me/sessions")).status).toBe(200);
      await form.getByRole("button", { name: groups.create }).click();
      await page.getByLabel(words.signIn.name, { exact: true }).fill(ANN.name);
      await page.getByLabel(words.signIn.password, { exact: true }).fill(ANN.password);
      await page.keyboard.press("Enter");
      const again = form.getByRole("textbox", { name: edit.description });
      await again.waitFor();
      expect(await again.inputValue()).toBe("typed at length");
      await form.getByRole("button", { name: groups.create }).click();
      await page.getByRole("heading", { level: 1, name: `slow-${suffix}` }).waitFor();
    }));

  test("an answer that was lost: sent again, it is done once", () =>
    read(async (page) => {
      await open(page, words, ANN, "/admin/robots");
      await button(page, words.robots.create).click();
      const form = page.getByRole("dialog", { name: words.robots.create });
      const name = `lost-${suffix}`;
      await form.getByRole("textbox", { name: words.robots.name }).fill(name);
      // The server does it, and its answer does not arrive.
      await page.route("**/api/v1/robots", async (route) => {
        if (route.request().method() !== "POST") return route.fallback();
        await route.fetch();
        await route.abort();
      });
      await form.getByRole("button", { name: words.robots.create }).click();
      await form.getByText(words.app.unreachable).waitFor();
      await form.getByText(edit.kept).waitFor();
      await page.unroute("**/api/v1/robots");
      await form.getByRole("button", { name: words.robots.create }).click();
      await page.getByText(edit.secretLost).waitFor();
      const ann = await clientOf(on.entrepot, ANN);
      const made = await ann.ask("GET", `/robots?name=robot%2B${name}`);
      expect(made.json.items.length).toBe(1);
    }));

  test("the server restarts in the middle: the form waits, and is sent again", () =>
    read(async (page) => {
      await open(page, words, ANN, "/admin/groups");
      await button(page, groups.create).click();
      const form = page.getByRole("dialog", { name: groups.create });
      const name = `patient-${suffix}`;
      await form.getByRole("textbox", { name: words.members.name }).fill(name);
      await on.entrepot.registry.stop();
      await form.getByRole("button", { name: groups.create }).click();
      await form.getByText(edit.kept).waitFor();
      await on.entrepot.registry.restart();
      await form.getByRole("button", { name: groups.create }).click();
      await page.getByRole("heading", { level: 1, name }).waitFor();
    }));

  test("who is no administrator is shown no way there", () =>
    read(async (page) => {
      await open(page, words, DAN, "/profile");
      await page.getByRole("tab", { name: words.profile.account }).waitFor();
      expect(await button(page, admin.title).count()).toBe(0);
      await page.goto("/admin/users");
      await page.getByText(edit.refused).waitFor();
    }));
});
