import { expect } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { en } from "../../console/src/i18n/en.ts";
import { zhCN } from "../../console/src/i18n/zh-cn.ts";
import { OCI_MANIFEST } from "../../src/oci/media-types.ts";
import { until } from "../../src/platform/jobs/suite.ts";
import { Browser as Client } from "../support/browser.ts";
import {
  descriptor,
  document,
  EMPTY_CONFIG,
  image,
  index,
  piece,
  pushBlob,
  pushImage,
  putManifest,
  referrer,
} from "../support/images.ts";
import type { TestRegistry } from "../support/registry.ts";
import { archive } from "../support/tar.ts";
import { findings } from "./chromium.ts";
import { type ConsoleUnderTest, startConsole } from "./world.ts";

const account = (name: string, administrator: boolean) => ({
  name,
  password: `a horse called ${name}, of course`,
  administrator,
});

/** An administrator, and somebody who may only look. */
export const [ANN, DAN] = [account("ann", true), account("dan", false)] as const;

export const LANGUAGES = [
  ["en-GB", en],
  ["zh-CN", zhCN],
] as const;
export type Words = (typeof LANGUAGES)[number][1];

export const SIZES = {
  phone: { width: 390, height: 844 },
  desk: { width: 1440, height: 900 },
} as const;

/** Text of people's own, as bad as it gets. */
export const HOSTILE = "<img src=x onerror=alert(1)>";

const README = `
#### It begins deep

Words with a [link](https://example.test/docs), a [trap](javascript:alert(1)) and an
![image](https://example.test/pixel.png).

<script>alert(1)</script> ${HOSTILE}

# Then a title

- [x] done
- [ ] to do

| option | what it does |
|:-------|-------------:|
| \`-v\` | says more    |

\`\`\`sh
docker run --rm example --with-a-line-that-is-longer-than-any-telephone-is-wide --and-then-some-more
\`\`\`

Footnotes[^1] too.

[^1]: Here is one.
`;

const SHOTS = join(import.meta.dir, "../../artifacts/console");
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
const CONFIG = "application/vnd.oci.image.config.v1+json";

interface Built {
  readonly tag: string;
  readonly motd: string;
  readonly env: string;
}

/** An image with a config and two layers of files, of which the first is always the same. */
async function pushReal(admin: TestRegistry["admin"], name: string, built: Built) {
  const layers = [
    archive([
      { name: "etc/", flag: "5", mode: 0o755 },
      { name: "etc/os-release", body: "ID=example\n" },
    ]),
    archive([
      { name: "etc/motd", body: built.motd },
      { name: "srv/app/main.sh", body: "#!/bin/sh\nexec true\n", mode: 0o755 },
    ]),
  ].map((tar) => piece(new Uint8Array(gzipSync(tar))));
  const config = piece(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      created: "2026-11-01T00:00:00Z",
      config: {
        Env: ["PATH=/bin", `MODE=${built.env}`],
        Entrypoint: ["/srv/app/main.sh"],
        Labels: { vendor: HOSTILE },
      },
      history: [{ created_by: "COPY etc /etc" }, { created_by: "COPY app /srv/app" }],
      rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    }),
  );
  for (const blob of [config, ...layers]) await pushBlob(admin, name, blob);
  const made = document({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(config, CONFIG),
    layers: layers.map((layer) => descriptor(layer, LAYER)),
    annotations: { "io.entrepot.readme": README },
  });
  (await putManifest(admin, name, built.tag, made)).expect(201);
  return made;
}

/** A Helm chart with what charts have. */
async function pushChart(admin: TestRegistry["admin"]): Promise<void> {
  const chart = JSON.stringify({
    apiVersion: "v2",
    name: "shop",
    version: "1.2.3",
    appVersion: "7",
    description: "Sells things",
    home: "https://example.test/shop",
    keywords: ["shop", "money"],
    maintainers: [{ name: "ann", email: "ann@example.test" }],
    dependencies: [{ name: "db", version: "1.0.0", repository: "https://example.test/charts" }],
  });
  const packed = piece(
    new Uint8Array(
      gzipSync(
        archive([
          { name: "shop/Chart.yaml", body: chart },
          { name: "shop/values.yaml", body: "replicas: 3\n" },
          { name: "shop/README.md", body: "# Shop\n\nSells *things*.\n" },
        ]),
      ),
    ),
  );
  const config = piece(chart);
  for (const blob of [config, packed]) await pushBlob(admin, "open/shop", blob);
  const made = document({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(config, "application/vnd.cncf.helm.config.v1+json"),
    layers: [descriptor(packed, "application/vnd.cncf.helm.chart.content.v1.tar+gzip")],
  });
  (await putManifest(admin, "open/shop", "1.2.3", made)).expect(201);
}

/** A registry in which there is something to see on every page, for members and for visitors. */
export async function startBrowsed(): Promise<ConsoleUnderTest> {
  mkdirSync(SHOTS, { recursive: true });
  const entrepot = await startConsole(() => ({
    accounts: [ANN, DAN],
    projects: [{ name: "team" }, { name: "open", public: true }],
    bindings: [{ to: "dan", role: "guest", on: "team" }],
  }));
  const { admin } = entrepot.registry;
  for (const tag of ["1.0", "1.1", "2.0"]) {
    await pushImage(admin, "team/web/api", tag, [piece("base"), piece(`layer of ${tag}`)]);
  }
  const first = await pushReal(admin, "open/demo", { tag: "1", motd: "welcome\n", env: "test" });
  const second = { motd: "welcome aboard\n", env: "live" };
  for (const tag of ["2", "latest"]) await pushReal(admin, "open/demo", { tag, ...second });
  const layer = piece("a file");
  for (const blob of [EMPTY_CONFIG, layer]) await pushBlob(admin, "open/demo", blob);
  const sbom = referrer(first, "application/spdx+json");
  (await putManifest(admin, "open/demo", sbom.digest, sbom)).expect(201);
  const platform = { os: "linux", architecture: "amd64" };
  const both = index([], {
    manifests: [descriptor(first, first.mediaType, { platform })],
    annotations: { title: HOSTILE },
  });
  (await putManifest(admin, "open/demo", "all", both)).expect(201);
  const odd = image([layer], { artifactType: "application/x-nobody-knows" });
  (await putManifest(admin, "open/demo", "odd", odd)).expect(201);
  await pushChart(admin);
  const endless = image([layer], {
    annotations: { "io.entrepot.readme": "***a".repeat(15_000) },
  });
  for (const blob of [EMPTY_CONFIG, layer]) await pushBlob(admin, "open/endless", blob);
  (await putManifest(admin, "open/endless", "1", endless)).expect(201);
  for (const last of ["endless 1", "vendor onerror", "spdx"]) await untilFound(entrepot, last);
  return entrepot;
}

/** Somebody who asks the REST API beside the browser. */
export async function clientOf({ registry, url }: ConsoleUnderTest, who = ANN): Promise<Client> {
  const client = new Client(registry.url);
  client.origin = url;
  expect((await client.login(who.name, who.password)).status).toBe(200);
  return client;
}

/** What was pushed a moment ago is found a moment later: asks until there is so much of it. */
export async function untilFound(entrepot: ConsoleUnderTest, q: string, count = 1) {
  const client = await clientOf(entrepot);
  await until(async () => {
    const { json } = await client.ask("GET", `/search?limit=50&q=${encodeURIComponent(q)}`);
    return json.items.length >= count;
  });
}

/** Nothing for axe-core to find, and nothing that reaches over the edge; with a picture of it. */
export async function look(page: Page, where: string, as: string): Promise<void> {
  const path = join(SHOTS, `browse ${where} ${as}.png`);
  await page.screenshot({ path, fullPage: true });
  expect([where, await findings(page)]).toEqual([where, []]);
  const over = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect([where, over]).toEqual([where, 0]);
}

/** Signs in, and opens a page. */
export async function open(page: Page, words: Words, path: string, who = ANN): Promise<void> {
  await page.goto(`/sign-in?to=${encodeURIComponent(path)}`);
  await page.getByLabel(words.signIn.name, { exact: true }).fill(who.name);
  await page.getByLabel(words.signIn.password, { exact: true }).fill(who.password);
  await page.getByRole("button", { name: words.signIn.submit, exact: true }).click();
  await page.waitForURL((url) => url.pathname === path.replace(/\?.*/, ""));
}
