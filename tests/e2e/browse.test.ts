import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { en } from "../../console/src/i18n/en.ts";
import { zhCN } from "../../console/src/i18n/zh-cn.ts";
import { OCI_MANIFEST } from "../../src/oci/media-types.ts";
import {
  descriptor,
  document,
  image,
  index,
  piece,
  pushBlob,
  pushImage,
  putManifest,
  referrer,
} from "../support/images.ts";
import { archive } from "../support/tar.ts";
import { findings, reading, startChromium } from "./chromium.ts";
import { type ConsoleUnderTest, startConsole } from "./world.ts";

const ANN = { name: "ann", password: "a horse called ann, of course", administrator: true };
const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } };
const SHOTS = join(import.meta.dir, "../../artifacts/console");
const HOSTILE = "<img src=x onerror=alert(1)>";

let browser: Browser;
let entrepot: ConsoleUnderTest;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  browser = await startChromium();
  entrepot = await startConsole(() => ({
    accounts: [ANN],
    projects: [{ name: "team" }, { name: "open", public: true }],
  }));
  const { admin } = entrepot.registry;
  for (const tag of ["1.0", "1.1", "2.0"]) {
    await pushImage(admin, "team/web/api", tag, [piece("base"), piece(`layer of ${tag}`)]);
  }
  const first = await pushImage(admin, "open/demo", "1", [piece("demo")]);
  const sbom = referrer(first, "application/spdx+json");
  (await putManifest(admin, "open/demo", sbom.digest, sbom)).expect(201);
  const both = index([first], { annotations: { title: HOSTILE } });
  (await putManifest(admin, "open/demo", "all", both)).expect(201);
  await pushRealImage();
  const layer = piece("a file");
  await pushBlob(admin, "open/demo", layer);
  const odd = image([layer], {
    artifactType: "application/x-nobody-knows",
    annotations: { a: "b" },
  });
  (
    await putManifest(
      admin,
      "open/demo",
      "odd",
      document(JSON.parse(new TextDecoder().decode(odd.bytes))),
    )
  ).expect(201);
});

/** An image with a config and two layers of files. */
async function pushRealImage(): Promise<void> {
  const { admin } = entrepot.registry;
  const layers = [
    archive([
      { name: "etc/", flag: "5", mode: 0o755 },
      { name: "etc/motd", body: "welcome aboard\n" },
    ]),
    archive([{ name: "srv/app/main.sh", body: "#!/bin/sh\nexec true\n", mode: 0o755 }]),
  ].map((tar) => piece(new Uint8Array(gzipSync(tar))));
  const config = piece(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      created: "2026-11-01T00:00:00Z",
      config: { Env: ["PATH=/bin"], Entrypoint: ["/srv/app/main.sh"], Labels: { vendor: HOSTILE } },
      history: [{ created_by: "COPY etc /etc" }, { created_by: "COPY app /srv/app" }],
      rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    }),
  );
  for (const blob of [config, ...layers]) await pushBlob(admin, "open/real", blob);
  const type = "application/vnd.oci.image.layer.v1.tar+gzip";
  const made = document({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(config, "application/vnd.oci.image.config.v1+json"),
    layers: layers.map((layer) => descriptor(layer, type)),
  });
  (await putManifest(admin, "open/real", "1", made)).expect(201);
}

afterAll(async () => {
  await browser.close();
  await entrepot.close();
});

/** Nothing for axe-core to find, and nothing that reaches over the edge; with a picture of it. */
async function look(page: Page, where: string, as: string): Promise<void> {
  await page.screenshot({ path: join(SHOTS, `${where.replace(/\W+/g, "-")} ${as}.png`) });
  expect([where, await findings(page)]).toEqual([where, []]);
  const over = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect([where, over]).toEqual([where, 0]);
}

async function signIn(page: Page, words: typeof en | typeof zhCN): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel(words.signIn.name, { exact: true }).fill(ANN.name);
  await page.getByLabel(words.signIn.password, { exact: true }).fill(ANN.password);
  await page.getByRole("button", { name: words.signIn.submit, exact: true }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.getByRole("table").waitFor();
}

describe.each([
  ["en-GB", en],
  ["zh-CN", zhCN],
] as const)("in %s", (locale, words) => {
  const { browse, clients } = words;

  describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
    test.each(["phone", "desk"] as const)("every page looks right on a %s", async (size) => {
      const options = { locale, colorScheme, viewport: SIZES[size] };
      const as = `${locale} ${colorScheme} ${size}`;
      await reading(
        browser,
        entrepot.url,
        async ({ page }) => {
          const row = (name: string) => page.getByRole("link", { name, exact: true });
          await signIn(page, words);
          await look(page, "home", as);
          await page.goto("/repositories");
          await row("team/web/api").waitFor();
          await look(page, "repositories", as);
          await row("team/web/api").click();
          await row("2.0").waitFor();
          await look(page, "tags", as);
          await page.getByRole("tab", { name: browse.history.title }).click();
          await page.getByRole("listitem").first().waitFor();
          await look(page, "history", as);
          await page.goto("/projects/open/repositories/demo/artifacts/all/overview");
          await page.getByText(HOSTILE).waitFor();
          await look(page, "artifact", as);
          for (const tab of ["parts", "referrers", "manifest"] as const) {
            await page.getByRole("tab", { name: browse.artifact.tab[tab], exact: true }).click();
            await page.waitForURL(`**tab=${tab}`);
            await page.locator("[aria-busy]").waitFor({ state: "detached" });
            await look(page, tab, as);
          }
          await page.goto("/projects/open/repositories/real/artifacts/1/overview");
          await page.getByText("PATH=/bin").waitFor();
          await look(page, "image", as);
          await page.getByRole("tab", { name: browse.artifact.tab.layers, exact: true }).click();
          await page.getByText("COPY etc /etc").waitFor();
          await look(page, "layers", as);
          await page.getByRole("tab", { name: browse.artifact.tab.files, exact: true }).click();
          await page.getByRole("button", { name: "etc", exact: true }).click();
          await page.getByRole("button", { name: "motd", exact: true }).click();
          await page.getByText("welcome aboard").waitFor();
          await look(page, "files", as);
          await page.goto("/projects/open/repositories");
          await row("demo").waitFor();
          await look(page, "project", as);
          await page.goto("/clients");
          await page.getByRole("heading", { name: clients.troubles }).waitFor();
          await look(page, "clients", as);
        },
        options,
      );
    });
  });

  test("tags are sorted and filtered by the server, with the state in the address", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await signIn(page, words);
        await page.goto("/projects/team/repositories/web%2Fapi/tags");
        const names = () => page.locator("tbody tr td:nth-child(2)").allTextContents();
        await page.getByRole("button", { name: browse.tag, exact: true }).click();
        await page.waitForURL("**sort=name");
        await page.locator('th[aria-sort="ascending"]').waitFor();
        expect((await names()).join()).toBe("1.0,1.1,2.0");
        await page.getByLabel(browse.filter.label).fill("1.");
        await page.getByRole("button", { name: browse.filter.apply }).click();
        await page.getByRole("link", { name: "2.0" }).waitFor({ state: "detached" });
        expect(await names()).toEqual(["1.0", "1.1"]);
        await page.reload();
        await page.getByRole("link", { name: "1.1" }).waitFor();
        expect(await names()).toEqual(["1.0", "1.1"]);
        await page.getByRole("button", { name: browse.table.columns }).click();
        await page.getByRole("checkbox", { name: browse.digest, exact: true }).uncheck();
        await page.waitForURL("**hide=digest");
        expect(await page.getByRole("columnheader", { name: browse.digest }).count()).toBe(0);
      },
      { locale },
    );
  });

  test("deleted tags come back by undo, and by the history", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await signIn(page, words);
        await page.goto("/projects/team/repositories/web%2Fapi/tags");
        await page
          .getByRole("checkbox", { name: browse.table.choose.replace("{{name}}", "1.0") })
          .check();
        const remove = browse.deleteTags_one.replace("{{count}}", "1");
        await page.getByRole("button", { name: remove }).click();
        await page
          .getByRole("dialog")
          .getByRole("button", { name: browse.delete, exact: true })
          .click();
        await page.getByRole("status").waitFor();
        await page.getByRole("link", { name: "1.0" }).waitFor({ state: "detached" });
        await page.getByRole("button", { name: browse.undo }).click();
        await page.getByRole("link", { name: "1.0" }).waitFor();
        await page.goto("/projects/team/repositories/web%2Fapi/history");
        await page.getByRole("button", { name: browse.history.back }).first().waitFor();
      },
      { locale },
    );
  });

  test("visitors see what is public, and are led to sign in for the rest", async () => {
    await reading(
      browser,
      entrepot.url,
      async ({ page }) => {
        await page.goto("/");
        await page.getByRole("link", { name: words.signIn.visit }).click();
        await page.getByRole("link", { name: "open/demo" }).waitFor();
        expect(await page.getByRole("link", { name: "team/web/api" }).count()).toBe(0);
        await page.getByRole("link", { name: "open/demo" }).click();
        await page.getByRole("link", { name: "odd" }).click();
        await page.getByRole("tab", { name: browse.artifact.tab.parts, exact: true }).click();
        const started = page.waitForEvent("download");
        await page.getByRole("link", { name: browse.artifact.download }).last().click();
        expect((await started).suggestedFilename()).not.toBe("");
        await page.goto("/projects/team/repositories/web%2Fapi/tags");
        await page.getByRole("alert").first().waitFor();
        await page.getByRole("link", { name: words.app.signIn }).click();
        await page.getByLabel(words.signIn.name, { exact: true }).waitFor();
      },
      { locale },
    );
  });
});
