import { gzipSync } from "node:zlib";
import { OCI_MANIFEST } from "../../src/oci/media-types.ts";
import type { HttpClient } from "../support/http-client.ts";
import {
  descriptor,
  document,
  type Image,
  image,
  index,
  type Piece,
  piece,
  pushBlob,
  putManifest,
} from "../support/images.ts";
import { archive, type Entry } from "../support/tar.ts";

const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

export function packed(entries: readonly Entry[]): Piece {
  return piece(new Uint8Array(gzipSync(archive(entries))));
}

/** Pushes an image of a system: packed layers and a config. */
export async function pushSystem(
  to: HttpClient,
  repository: string,
  reference: string,
  layers: readonly Piece[],
  config: unknown,
): Promise<Image> {
  const json = piece(JSON.stringify(config));
  for (const blob of [json, ...layers]) await pushBlob(to, repository, blob);
  const made = document({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(json, CONFIG),
    layers: layers.map((each) => descriptor(each, LAYER)),
  });
  (await putManifest(to, repository, reference, made)).expect(201);
  return made;
}

/** Pushes an index of images that are in the repository already. */
export async function pushPlatforms(
  to: HttpClient,
  repository: string,
  reference: string,
  images: Readonly<Record<string, Image>>,
): Promise<Image> {
  const manifests = Object.entries(images).map(([architecture, child]) =>
    descriptor(child, child.mediaType, { platform: { os: "linux", architecture } }),
  );
  const made = index([], { manifests });
  (await putManifest(to, repository, reference, made)).expect(201);
  return made;
}

/** Pushes a Helm chart with a README. */
export async function pushChart(
  to: HttpClient,
  repository: string,
  version: string,
): Promise<Image> {
  const name = repository.split("/").at(-1) ?? "";
  const meta = piece(
    JSON.stringify({
      name,
      version,
      apiVersion: "v2",
      appVersion: "7",
      description: "Runs it",
      maintainers: [{ name: "Ada", email: "ada@example.org" }],
      dependencies: [{ name: "db", version: "1.x", repository: "https://example.org" }],
    }),
  );
  const content = packed([
    { name: `${name}/Chart.yaml`, body: `name: ${name}\nversion: ${version}\n` },
    { name: `${name}/README.md`, body: "# The chart\n\u001b[2J" },
  ]);
  for (const blob of [meta, content]) await pushBlob(to, repository, blob);
  const made = image([], {
    config: descriptor(meta, "application/vnd.cncf.helm.config.v1+json"),
    layers: [descriptor(content, "application/vnd.cncf.helm.chart.content.v1.tar+gzip")],
  });
  (await putManifest(to, repository, version, made)).expect(201);
  return made;
}

/** Comes back to an answer until it is the one that is waited for; the server does it meanwhile. */
export async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Waits until an artifact was looked into. */
export async function lookedInto(client: HttpClient, repository: string, reference: string) {
  const [project = "", ...rest] = repository.split("/");
  const path = `/api/v1/projects/${project}/repositories/${encodeURIComponent(rest.join("/"))}/artifacts/${reference}`;
  await until(
    async () => (await client.get(path)).expect(200).text,
    (text) => JSON.parse(text).insight.state !== "pending",
  );
}
