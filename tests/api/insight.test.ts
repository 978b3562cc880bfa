import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { OCI_MANIFEST } from "../../src/oci/media-types.ts";
import type { HttpClient } from "../support/http-client.ts";
import {
  descriptor,
  document,
  image,
  index,
  type Piece,
  piece,
  pushBlob,
  putManifest,
  referrer,
} from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { archive } from "../support/tar.ts";
import { account } from "./tenants.ts";

setDefaultTimeout(60_000);

const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

let registry: TestRegistry;
let admin: HttpClient;

beforeAll(async () => {
  registry = await startRegistry({
    accounts: [account("ada"), account("ben")],
    projects: [{ name: "team" }, { name: "other" }],
    bindings: [
      { to: "ada", role: "developer", on: "team" },
      { to: "ben", role: "guest", on: "team", repositories: "web" },
    ],
  });
  admin = registry.admin;
});

afterAll(() => registry.close());

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
async function shown(repository: string, reference: string, client = admin): Promise<any> {
  const path = `/api/v1/projects/team/repositories/${encodeURIComponent(repository)}/artifacts/${reference}`;
  for (;;) {
    const answer = await client.get(path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    const read = JSON.parse(answer.text);
    if (read.insight.state !== "pending") return read;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function layer(text: string): Piece {
  return piece(new Uint8Array(gzipSync(archive([{ name: text, body: text }]))));
}

async function push(
  repository: string,
  reference: string,
  layers: readonly Piece[],
  config: unknown,
  more: Readonly<Record<string, unknown>> = {},
) {
  const json = piece(typeof config === "string" ? config : JSON.stringify(config));
  for (const blob of [json, ...layers]) await pushBlob(admin, repository, blob);
  const made = document({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(json, CONFIG),
    layers: layers.map((each) => descriptor(each, LAYER)),
    ...more,
  });
  (await putManifest(admin, repository, reference, made)).expect(201);
  return made;
}

test("an image tells its config, and each layer the command that made it", async () => {
  const [base, top] = [layer("base"), layer("top")];
  await push("team/web", "1", [base, top], {
    os: "linux",
    architecture: "arm64",
    variant: "v8",
    created: "2026-02-03T04:05:06Z",
    config: {
      Entrypoint: ["/app"],
      Cmd: null,
      Env: ["PATH=/bin"],
      Labels: { "org.example.team": "<b>web</b>", "io.entrepot.readme": "# Read me" },
      ExposedPorts: { "8080/tcp": {} },
      Healthcheck: { Test: ["CMD", "curl", "localhost"] },
    },
    history: [
      { created_by: "/bin/sh -c #(nop) ADD file:1 in /", created: "2026-02-03T04:05:06Z" },
      { created_by: "ENV PATH=/bin", empty_layer: true },
      { created_by: "RUN make", comment: "buildkit" },
    ],
  });
  const { insight } = await shown("web", "1");
  expect(insight).toMatchObject({
    state: "ready",
    failure: null,
    createdAt: Date.parse("2026-02-03T04:05:06Z"),
    image: {
      os: "linux",
      architecture: "arm64",
      variant: "v8",
      entrypoint: ["/app"],
      cmd: null,
      labels: { "org.example.team": "<b>web</b>" },
      exposedPorts: ["8080/tcp"],
      healthcheck: "CMD curl localhost",
    },
    layers: [
      { digest: base.digest, command: "ADD file:1 in /", sharedWith: 0 },
      { digest: null, size: 0, command: "ENV PATH=/bin" },
      { digest: top.digest, command: "RUN make", comment: "buildkit" },
    ],
    readme: { source: "label", markdown: "# Read me" },
  });
  expect(insight.uniqueSize).toBe(insight.totalSize);
  const at = "/api/v1/projects/team/repositories/web/tags";
  const { size } = JSON.parse((await admin.get(`${at}/1`)).expect(200).text);
  expect(size).toBe(insight.totalSize);
  const listed = JSON.parse((await admin.get(at)).expect(200).text).items;
  expect(listed.find(({ name }: { name: string }) => name === "1").size).toBe(size);
});

test("sharing counts what the reader may see, and nothing else (A28)", async () => {
  const [both, alone] = [layer("in both"), layer("in one")];
  await push("team/web", "shared", [both, alone], {});
  await push("team/secret", "1", [both], {});
  await push("other/x", "1", [both, alone], {});
  const counts = async (client: HttpClient) => {
    const { insight } = await shown("web", "shared", client);
    const { totalSize, uniqueSize } = insight;
    const shared = insight.layers.map((each: { sharedWith: number }) => each.sharedWith);
    return { shared, isAllOwn: totalSize === uniqueSize };
  };
  expect(await counts(registry.as(account("ada")))).toEqual({ shared: [1, 0], isAllOwn: false });
  expect(await counts(registry.as(account("ben")))).toEqual({ shared: [0, 0], isAllOwn: true });
});

test("an index tells its children, those that are not there included", async () => {
  const child = await push("team/web", "child", [layer("child")], { os: "linux" });
  const ghost = { ...image([]), digest: `sha256:${"0".repeat(64)}` };
  const listed = [
    { ...descriptor(child, child.mediaType), platform: { os: "linux", architecture: "amd64" } },
  ];
  const made = index([child], { manifests: listed });
  (await putManifest(admin, "team/web", "index", made)).expect(201);
  const inner = (await shown("web", "child")).insight;
  const { insight } = await shown("web", "index");
  expect(insight.children).toMatchObject([
    {
      digest: child.digest,
      present: true,
      platform: { os: "linux", architecture: "amd64", variant: null },
      totalSize: inner.totalSize,
    },
  ]);
  expect(insight.totalSize).toBe(inner.totalSize);
  expect(insight.children.map((each: { digest: string }) => each.digest)).not.toContain(
    ghost.digest,
  );
});

test("a chart tells its metadata, and the texts in its archive", async () => {
  const content = piece(
    new Uint8Array(
      gzipSync(
        archive([
          { name: "app/Chart.yaml", body: "name: app" },
          { name: "app/values.yaml", body: "replicas: 2\n" },
          { name: "app/README.md", body: "# The app" },
          { name: "app/charts/sub/README.md", body: "# Not this" },
        ]),
      ),
    ),
  );
  const meta = piece(
    JSON.stringify({
      name: "app",
      version: "1.2.3",
      apiVersion: "v2",
      keywords: ["a"],
      maintainers: [{ name: "Ada", email: "ada@example.org" }],
      dependencies: [{ name: "sub", version: "1.x", repository: "oci://example.org/x" }],
    }),
  );
  for (const blob of [content, meta]) await pushBlob(admin, "team/chart", blob);
  const made = image([], {
    config: descriptor(meta, "application/vnd.cncf.helm.config.v1+json"),
    layers: [descriptor(content, "application/vnd.cncf.helm.chart.content.v1.tar+gzip")],
  });
  (await putManifest(admin, "team/chart", "1.2.3", made)).expect(201);
  const { insight } = await shown("chart", "1.2.3");
  expect(insight).toMatchObject({
    state: "ready",
    chart: {
      name: "app",
      version: "1.2.3",
      appVersion: null,
      values: "replicas: 2\n",
      readme: "# The app",
      maintainers: [{ name: "Ada", email: "ada@example.org", url: null }],
      dependencies: [{ name: "sub", version: "1.x", condition: null }],
    },
    readme: { source: "chart", markdown: "# The app" },
  });
});

test("a README comes from an artifact that refers to the image, until that is gone", async () => {
  const made = await push("team/web", "read", [layer("read")], { os: "linux" });
  expect((await shown("web", "read")).insight.readme).toBeNull();
  const text = piece("# From aside");
  await pushBlob(admin, "team/web", text);
  await pushBlob(admin, "team/web", piece("{}"));
  const readme = referrer(made, "text/markdown", { layers: [descriptor(text, "text/markdown")] });
  (await putManifest(admin, "team/web", readme.digest, readme)).expect(201);
  await shown("web", readme.digest);
  expect((await shown("web", "read")).insight.readme).toEqual({
    source: "referrer",
    markdown: "# From aside",
  });
  (await admin.send("DELETE", `/v2/team/web/manifests/${readme.digest}`, {})).expect(202);
  expect((await shown("web", "read")).insight.readme).toBeNull();
});

test.each([
  ["no JSON", "{", "config"],
  ["what is no image", JSON.stringify([1, 2]), null],
  ["wrong types everywhere", '{"os":{},"config":{"Env":[1,{}],"Labels":[]},"history":7}', null],
])("a config of %s spoils nothing", async (name, config, failure) => {
  const only = layer(name);
  await push("team/web", "odd", [only], config);
  const { insight } = await shown("web", "odd");
  expect(insight.failure).toBe(failure);
  expect(insight.layers).toMatchObject([{ digest: only.digest, command: null }]);
});

test("what was pushed while nothing was analysed is analysed at the next start", async () => {
  await registry.restart({ "insight.enabled": false });
  admin = registry.admin;
  await push("team/web", "late", [layer("late")], { os: "plan9" });
  const path = "/api/v1/projects/team/repositories/web/artifacts/late";
  expect(JSON.parse((await admin.get(path)).text).insight.state).toBe("pending");
  await registry.restart({ "insight.enabled": true });
  admin = registry.admin;
  expect((await shown("web", "late")).insight.image.os).toBe("plan9");
});
