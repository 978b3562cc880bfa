import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { ADMIN } from "../support/registry.ts";
import { signIn, signOut, typePassword } from "./acts.ts";
import { reading, startChromium } from "./chromium.ts";
import { type ConsoleUnderTest, startConsole, startFirstTime } from "./world.ts";

let browser: Browser;
let entrepot: ConsoleUnderTest;

beforeAll(async () => {
  browser = await startChromium();
  entrepot = await startConsole();
});

afterAll(async () => {
  await browser.close();
  await entrepot.close();
});

test("the first administrator signs in with the first password, and must choose another", async () => {
  const first = await startFirstTime();
  try {
    await reading(browser, first.url, async ({ page }) => {
      await typePassword(page, { name: "admin", password: first.password });
      await page.getByRole("heading", { name: "Choose a password" }).waitFor();
      // Nothing else is open before.
      await page.goto("/profile?tab=tokens");
      await page.getByRole("heading", { name: "Choose a password" }).waitFor();
      const submit = page.getByRole("button", { name: "Change the password" });
      await page.getByLabel("Present password").fill(first.password);
      await page.getByLabel("New password", { exact: true }).fill("password");
      await page.getByLabel("New password once more").fill("another");
      await submit.click();
      await page.getByText("The two are not the same.").waitFor();
      await page.getByLabel("New password once more").fill("password");
      await submit.click();
      await page.getByRole("alert").waitFor();
      const fresh = "nine quiet lighthouses";
      await page.getByLabel("New password", { exact: true }).fill(fresh);
      await page.getByLabel("New password once more").fill(fresh);
      await submit.click();
      // To where the reader wanted to go.
      await page.getByRole("heading", { name: "Profile" }).waitFor();
      expect(new URL(page.url()).searchParams.get("tab")).toBe("tokens");
      await signOut(page);
      await typePassword(page, { name: "admin", password: first.password });
      await page.getByRole("alert").waitFor();
      await signIn(page, { name: "admin", password: fresh });
    });
  } finally {
    await first.close();
  }
});

test("a wrong password is refused in words, and no box of the browser asks for another", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    await typePassword(page, { ...ADMIN, password: "wrong" });
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toContain("The user name or password is not right");
    expect(await page.getByLabel("Password", { exact: true }).inputValue()).toBe("");
    await page.getByText("简体中文").click();
    await page.getByLabel("密码", { exact: true }).fill("wrong again");
    await page.keyboard.press("Enter");
    await page.getByText("用户名或密码不正确").first().waitFor();
  });
});

test("the keyboard alone signs in, skips to the content and signs out", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    const focused = page.locator(":focus");
    await page.goto("/");
    await page.getByLabel("User name").and(focused).waitFor();
    await page.keyboard.type(ADMIN.name);
    await page.keyboard.press("Tab");
    await page.keyboard.type(ADMIN.password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /^Welcome/ }).waitFor();
    await page.keyboard.press("Tab");
    await page.getByRole("link", { name: "Skip to content" }).and(focused).waitFor();
    expect((await focused.boundingBox())?.x).toBeGreaterThan(0);
    await page.keyboard.press("Enter");
    await page.locator("main").and(focused).waitFor();
    // Back over the ways of the navigation, as many as there are.
    const account = page.getByRole("button", { name: /^Account/ }).and(focused);
    for (let at = 0; at < 20 && (await account.count()) === 0; at++) {
      await page.keyboard.press("Shift+Tab");
    }
    await account.waitFor();
    await page.keyboard.press("Enter");
    // It has the keyboard a moment after it is seen.
    await page.getByRole("menuitem", { name: "Profile" }).and(focused).waitFor();
    await page.keyboard.press("End");
    await page.getByRole("menuitem", { name: "Sign out" }).and(focused).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});

test("signing out ends the session, not only its cookie", async () => {
  await reading(browser, entrepot.url, async ({ context, page }) => {
    await signIn(page, ADMIN);
    const cookies = await context.cookies();
    const session = cookies.find(({ name }) => name === "entrepot_session");
    expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
    await signOut(page);
    expect((await context.cookies()).map(({ name }) => name)).not.toContain("entrepot_session");
    await context.addCookies(cookies);
    await page.goto("/profile");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});

test("language and appearance stay as they were chosen", async () => {
  await reading(browser, entrepot.url, async ({ page }) => {
    const html = page.locator("html");
    await page.goto("/sign-in");
    expect(await html.getAttribute("lang")).toBe("en");
    expect(await html.getAttribute("data-mantine-color-scheme")).toBe("light");
    await page.getByText("简体中文").click();
    await page.getByText("深色").click();
    await page.reload();
    await page.getByRole("heading", { name: "登录" }).waitFor();
    expect(await html.getAttribute("lang")).toBe("zh-CN");
    expect(await html.getAttribute("data-mantine-color-scheme")).toBe("dark");
    expect(await page.title()).toBe("登录 · Entrepôt");
    // Before the console itself has run: no page is white for a moment in the dark.
    const empty = { contentType: "text/javascript", body: "" };
    await page.route("**/assets/main-*.js", (route) => route.fulfill(empty));
    await page.reload();
    expect(await html.getAttribute("data-mantine-color-scheme")).toBe("dark");
  });
});

test("the browser's language and the system's appearance are what nobody has to choose", async () => {
  const options = { locale: "zh-CN", colorScheme: "dark" } as const;
  await reading(
    browser,
    entrepot.url,
    async ({ page }) => {
      await page.goto("/sign-in");
      await page.getByRole("heading", { name: "登录" }).waitFor();
      const scheme = await page.locator("html").getAttribute("data-mantine-color-scheme");
      expect(scheme).toBe("dark");
    },
    options,
  );
});

test.each(["//evil.example/x", "/\\evil.example", "https://evil.example/", "javascript:alert(1)"])(
  "after signing in nobody is sent to %s",
  async (to) => {
    await reading(browser, entrepot.url, async ({ page }) => {
      await page.goto(`/sign-in?to=${encodeURIComponent(to)}`);
      await page.getByLabel("User name").fill(ADMIN.name);
      await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: /^Welcome/ }).waitFor();
      expect(page.url()).toBe(`${entrepot.url}/`);
    });
  },
);
