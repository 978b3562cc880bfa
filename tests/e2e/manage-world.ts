import { expect } from "bun:test";
import { mkdirSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { en } from "../../console/src/i18n/en.ts";
import { zhCN } from "../../console/src/i18n/zh-cn.ts";
import { Browser as Client } from "../support/browser.ts";
import { piece, pushImage } from "../support/images.ts";
import type { Settings } from "../support/registry.ts";
import { findings } from "./chromium.ts";
import { type ConsoleUnderTest, startConsole } from "./world.ts";

const account = (name: string, administrator: boolean) => ({
  name,
  password: `a horse called ${name}, of course`,
  administrator,
});

/** An administrator, a project's own administrator, and two who have less. */
export const [ANN, CAT, BEN, DAN] = [
  account("ann", true),
  account("cat", false),
  account("ben", false),
  account("dan", false),
] as const;

export const LANGUAGES = [
  ["en-GB", en],
  ["zh-CN", zhCN],
] as const;
export type Words = (typeof LANGUAGES)[number][1];

export const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } };

const SHOTS = join(import.meta.dir, "../../artifacts/console");

/** Somebody who asks the REST API beside the browser. */
export async function clientOf(
  { registry, url }: ConsoleUnderTest,
  { name, password }: { readonly name: string; readonly password: string },
): Promise<Client> {
  const client = new Client(registry.url);
  client.origin = url;
  expect((await client.login(name, password)).status).toBe(200);
  return client;
}

/** Text of people's own, as bad as it gets. */
export const HOSTILE = "<img src=x onerror=alert(1)> {{name}} ‮";

/** Somebody whose password a file has. */
export const FAY = { name: "fay", password: "fay's own words" };

async function passwordFile(): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), "entrepot-test-")), "htpasswd");
  const hash = await Bun.password.hash(FAY.password, { algorithm: "bcrypt", cost: 4 });
  await writeFile(file, `${FAY.name}:${hash}\n`);
  return file;
}

/** A registry with a project, its people, and something to look at on every page. */
export async function startManaged(more: Settings = {}): Promise<ConsoleUnderTest> {
  mkdirSync(SHOTS, { recursive: true });
  const providers = [
    { type: "local", name: "local" },
    { type: "htpasswd", name: "file", label: "The old file", file: await passwordFile() },
  ];
  const entrepot = await startConsole(() => ({
    settings: {
      "outbound.allow": "127.0.0.0/8",
      "auth.providers": JSON.stringify(providers),
      ...more,
    },
    accounts: [ANN, CAT, BEN, DAN],
    projects: [{ name: "team" }, { name: "other" }],
    bindings: [
      { to: "cat", role: "project-administrator", on: "team" },
      { to: "ben", role: "developer", on: "team", repositories: "web/**", tags: "v*" },
      {
        to: "dan",
        role: "guest",
        on: "team",
        condition: 'inNetwork(request.address, "10.0.0.0/8")',
      },
    ],
  }));
  await pushImage(entrepot.registry.admin, "team/web/api", "v1", [piece("a layer")]);
  const ann = await clientOf(entrepot, ANN);
  const make = async (path: string, body: unknown) => {
    const made = await ann.ask("POST", path, body);
    expect([path, made.status, made.status < 300 ? "" : made.json]).toEqual([path, 201, ""]);
    return made.json;
  };
  const robot = await make("/projects/team/robots", { name: "ci", description: HOSTILE });
  await make("/groups", { name: "builders", description: "Who builds" });
  await make("/projects/team/trust-rules", {
    name: "pipeline",
    robotId: robot.id,
    issuer: "http://127.0.0.1:9/issuer",
    audience: "entrepot",
    subject: "repo:a/b:ref:refs/heads/main",
  });
  await make("/projects/team/roles", { name: "tester", permissions: ["repository:read"] });
  await make("/projects", { name: "gone" });
  expect((await ann.ask("DELETE", "/projects/gone")).status).toBe(200);
  return entrepot;
}

/** Nothing for axe-core to find, nothing that reaches over the edge of the window; with a picture. */
export async function look(page: Page, where: string, as: string): Promise<void> {
  await page.screenshot({ path: join(SHOTS, `manage ${where} ${as}.png`), fullPage: true });
  expect([where, await findings(page)]).toEqual([where, []]);
  const over = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect([where, over]).toEqual([where, 0]);
}

/** Signs in, and opens a page. */
export async function open(
  page: Page,
  words: Words,
  who: { readonly name: string; readonly password: string },
  path: string,
): Promise<void> {
  await page.goto(`/sign-in?to=${encodeURIComponent(path)}`);
  await page.getByLabel(words.signIn.name, { exact: true }).fill(who.name);
  await page.getByLabel(words.signIn.password, { exact: true }).fill(who.password);
  await page.getByRole("button", { name: words.signIn.submit, exact: true }).click();
  await page.waitForURL((url) => url.pathname === path.replace(/\?.*/, ""));
}
