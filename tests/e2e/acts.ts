import type { Page } from "playwright-core";
import type { Credentials } from "../support/accounts.ts";

/** Fills in the sign-in form, and sends it. */
export async function typePassword(page: Page, { name, password }: Credentials): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("User name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Signs in with a password that is all that the account needs. */
export async function signIn(page: Page, account: Credentials): Promise<void> {
  await typePassword(page, account);
  await page.getByRole("heading", { name: /^Welcome/ }).waitFor();
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

export interface FromPage {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

/** Asks the REST API as a script of the page would, with the session's CSRF token. */
export function ask(page: Page, method: string, path: string, body?: unknown): Promise<FromPage> {
  return page.evaluate(
    `(async ({ method, path, body }) => {
      const session = await (await fetch("/api/v1/session")).json();
      const headers = { "x-csrf-token": session.csrfToken, "content-type": "application/json" };
      const response = await fetch("/api/v1" + path, { method, headers, body });
      const text = await response.text();
      return { status: response.status, json: text === "" ? null : JSON.parse(text) };
    })(${JSON.stringify({ method, path, body: body === undefined ? undefined : JSON.stringify(body) })})`,
  );
}
