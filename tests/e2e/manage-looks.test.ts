import { describe, test } from "bun:test";
import type { Page } from "playwright-core";
import { reading } from "./chromium.ts";
import { ANN, CAT, LANGUAGES, look, open, SIZES, type Words } from "./manage-world.ts";
import { managedSuite } from "./suite.ts";

const on = managedSuite();

/** Waits until a page has what it shows. */
async function rest(page: Page, title: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
  await settled(page);
}

/** Nothing is being read any more. */
const settled = (page: Page) =>
  page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });

const ADMIN = [
  "dashboard",
  "users",
  "groups",
  "providers",
  "bindings",
  "roles",
  "robots",
  "trust",
  "audit",
  "jobs",
  "deleted",
  "keys",
  "system",
] as const;

const PROJECT = ["members", "robots", "roles", "trust", "activity", "settings"] as const;

const titleOf = (words: Words, section: (typeof PROJECT)[number]) =>
  section === "settings" ? words.settings.title : words.admin[section];

/** Each language in light and in dark, on a phone and on a desk. */
const [[EN, en], [ZH, zh]] = LANGUAGES;
const WAYS = [
  [EN, "light", "desk", en],
  [EN, "dark", "phone", en],
  [ZH, "light", "phone", zh],
  [ZH, "dark", "desk", zh],
] as const;

describe.each(WAYS)("in %s, %s, on a %s", (locale, colorScheme, size, words) => {
  const options = { locale, colorScheme, viewport: SIZES[size] };
  const as = `${locale} ${colorScheme} ${size}`;

  test("pages of administrators", async () => {
    await reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        await open(page, words, ANN, "/admin/dashboard");
        for (const section of ADMIN) {
          await page.goto(`/admin/${section}`);
          await rest(page, words.admin[section]);
          await look(page, section, as);
        }
        await page.goto("/admin/access");
        await rest(page, words.tryIt.title);
        await page.getByRole("button", { name: words.tryIt.ask, exact: true }).click();
        await page.getByText(words.tryIt.allowed, { exact: true }).waitFor();
        await look(page, "try it", as);
        await page.goto("/admin/users?name=ben");
        await page.getByRole("link", { name: "ben", exact: true }).click();
        await rest(page, "ben");
        await look(page, "a user", as);
        await page.goto("/admin/groups");
        await page.getByRole("link", { name: "builders", exact: true }).click();
        await rest(page, "builders");
        await look(page, "a group", as);
        await page.goto("/admin/jobs?tab=schedules");
        await page.getByRole("table", { name: words.jobs.schedules }).waitFor();
        await look(page, "schedules", as);
      },
      options,
    );
  });

  test("pages of project people", async () => {
    await reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        await open(page, words, CAT, "/projects/team/members");
        for (const section of PROJECT) {
          await page.goto(`/projects/team/${section}`);
          await rest(page, titleOf(words, section));
          await look(page, `team ${section}`, as);
        }
        await page.goto("/projects/team/robots");
        await page.getByRole("link", { name: "robot+team+ci", exact: true }).click();
        await rest(page, "robot+team+ci");
        await look(page, "team a robot", as);
        await page.goto("/projects/team/access");
        await rest(page, words.tryIt.title);
        await page.getByLabel(words.tryIt.where, { exact: true }).fill("team/web/api");
        await page.getByRole("button", { name: words.tryIt.ask, exact: true }).click();
        await page.getByText(words.tryIt.allowed, { exact: true }).waitFor();
        await look(page, "team try it", as);
      },
      options,
    );
  });

  test("forms", async () => {
    await reading(
      on.browser,
      on.entrepot.url,
      async ({ page }) => {
        await open(page, words, ANN, "/admin/users");
        const form = async (path: string, button: string, where: string) => {
          await page.goto(path);
          await page.getByRole("button", { name: button, exact: true }).click();
          const dialog = page.getByRole("dialog", { name: button, exact: true });
          await dialog.waitFor();
          await settled(page);
          await look(page, where, as);
          return dialog;
        };
        await form("/admin/users", words.people.createUser, "form user");
        await form("/admin/groups", words.groups.create, "form group");
        await form("/projects/team/robots", words.robots.create, "form robot");
        await form("/projects/team/roles", words.roles.create, "form role");
        const member = await form("/projects/team/members", words.members.add, "form member");
        await member.getByRole("switch", { name: words.members.bounded }).click();
        await member.getByRole("textbox", { name: words.members.condition }).waitFor();
        await look(page, "form member with bounds", as);
        const trust = await form("/projects/team/trust", words.trust.create, "form trust");
        await trust.getByRole("combobox", { name: words.trust.template }).click();
        await page.getByRole("option", { name: "GitHub Actions" }).click();
        await trust.getByPlaceholder("octo-org").waitFor();
        await look(page, "form trust with a template", as);
      },
      options,
    );
  });
});
