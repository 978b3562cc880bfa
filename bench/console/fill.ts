import { gzipSync } from "node:zlib";
import { OCI_MANIFEST } from "../../src/oci/media-types.ts";
import { HttpClient } from "../../tests/support/http-client.ts";
import {
  descriptor,
  document,
  EMPTY_CONFIG,
  image,
  piece,
  pushBlob,
  putManifest,
} from "../../tests/support/images.ts";
import { archive } from "../../tests/support/tar.ts";

/** The project and the repository that readers come through. */
export const PROJECT = "shop";
export const REPOSITORY = "web/api";
export const TAG = "1.0";

const REPOSITORIES = 60;
const TAGS = 120;
const LAYERS = 20;
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

/** An image with a config, layers of files, and words of its own. */
async function pushWhole(to: HttpClient, name: string): Promise<void> {
  const layers = Array.from({ length: LAYERS }, (_, layer) =>
    piece(
      new Uint8Array(
        gzipSync(
          archive(
            Array.from({ length: 50 }, (_, at) => ({
              name: `srv/part-${layer}/file-${at}`,
              body: `${at}\n`,
            })),
          ),
        ),
      ),
    ),
  );
  const config = piece(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Env: ["PATH=/bin"], Labels: { vendor: "example" } },
      history: layers.map((_, at) => ({ created_by: `COPY part-${at} /srv` })),
      rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    }),
  );
  for (const blob of [config, ...layers]) await pushBlob(to, name, blob);
  const made = document({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(config, "application/vnd.oci.image.config.v1+json"),
    layers: layers.map((layer) => descriptor(layer, LAYER)),
    annotations: { "io.entrepot.readme": "# Words\n\nOf [its own](https://example.test).\n" },
  });
  (await putManifest(to, name, TAG, made)).expect(201);
  const at = `/api/v1/projects/${PROJECT}/repositories/${encodeURIComponent(REPOSITORY)}/artifacts/${TAG}`;
  for (;;) {
    const { insight } = (await to.get(at)).expect(200).json as { insight: { state: string } };
    if (insight.state === "ready") return;
    await Bun.sleep(20);
  }
}

/** A registry in which every page of the tour has something to show. */
export async function fillForReaders(
  url: string,
  account: { readonly name: string; readonly password: string },
): Promise<void> {
  const first = new HttpClient(url, account);
  const post = async (path: string, body: unknown) => {
    const headers = { "content-type": "application/json" };
    const answer = await first.post(`/api/v1${path}`, { headers, body: JSON.stringify(body) });
    return answer.expect(201).json;
  };
  const { secret } = (await post("/me/tokens", { name: "bench" })) as { secret: string };
  const to = new HttpClient(url, { name: account.name, password: secret });
  await post("/projects", { name: PROJECT });
  for (let at = 0; at < 20; at++) {
    await post("/users", { name: `reader-${at}`, password: `a horse called ${at}, of course` });
  }
  const layer = piece("a layer");
  for (let at = 0; at < REPOSITORIES; at++) {
    const name = `${PROJECT}/part-${at}`;
    for (const blob of [EMPTY_CONFIG, layer]) await pushBlob(to, name, blob);
    (await putManifest(to, name, "latest", image([layer]))).expect(201);
  }
  const name = `${PROJECT}/${REPOSITORY}`;
  for (const blob of [EMPTY_CONFIG, layer]) await pushBlob(to, name, blob);
  for (let at = 0; at < TAGS; at++) {
    const made = image([layer], { annotations: { at: String(at) } });
    (await putManifest(to, name, `0.${at}`, made)).expect(201);
  }
  await pushWhole(to, name);
}
