import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  OCI_INDEX,
  OCI_MANIFEST,
} from "../../src/oci/media-types.ts";
import { chunked } from "../support/http-client.ts";
import {
  descriptor,
  dockerImage,
  document,
  EMPTY_CONFIG,
  type Image,
  image,
  index,
  pattern,
  piece,
  pushBlob,
  putManifest,
} from "../support/images.ts";
import { head, openRaw, raw } from "../support/raw-exchange.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const REPO = "team/app";
const LIMIT = 4_194_304;
const LAYER = piece("a layer");
const GOOD = image([LAYER]);
const GOOD_TEXT = new TextDecoder().decode(GOOD.bytes);
const CONFIG = descriptor(EMPTY_CONFIG);
const ONE = descriptor(LAYER);

/** A whole manifest, but for one letter that is not UTF-8. */
const LATIN = Uint8Array.from(Buffer.from(`{"\xe9":1,${GOOD_TEXT.slice(1)}`, "latin1"));

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  for (const blob of [EMPTY_CONFIG, LAYER]) await pushBlob(registry.admin, REPO, blob);
  (await putManifest(registry.admin, REPO, "good", GOOD)).expect(201);
});
afterAll(() => registry.close());

const put = (made: Image, reference = "x") => putManifest(registry.admin, REPO, reference, made);

/** An image manifest as text, with `more` (JSON members) beside the usual ones. */
function spelled(more: string, layer = JSON.stringify(ONE)): Image {
  const config = JSON.stringify(CONFIG);
  return document(`{"schemaVersion":2,"config":${config},"layers":[${layer}],${more}}`);
}

const layer = (member: string) =>
  spelled('"x":1', `{${JSON.stringify(ONE).slice(1, -1)},${member}}`);

describe("refused with MANIFEST_INVALID, and nothing is stored (A01–A05)", () => {
  const image2 = (more: Record<string, unknown>) => image([LAYER], more);
  const cases: [what: string, made: Image][] = [
    ["no body", document("")],
    ["not JSON", document("{schemaVersion:2}")],
    ["JSON that is no object", document("[2]")],
    ["null", document("null")],
    ["text after the end", document(`${JSON.stringify({ schemaVersion: 2 })} {}`)],
    ["not UTF-8", { ...piece(LATIN), mediaType: OCI_MANIFEST }],
    ["a byte order mark", document(`\ufeff${GOOD_TEXT}`)],
    ["layers and manifests", image2({ manifests: [] })],
    ["an index with layers", index([GOOD], { layers: [] })],
    ["an index with a config", index([GOOD], { config: CONFIG })],
    ["schema 1's layers", image2({ fsLayers: [] })],
    [
      "another mediaType than Content-Type",
      { ...image([LAYER], { mediaType: DOCKER_MANIFEST }), mediaType: OCI_MANIFEST },
    ],
    ["an index sent as an image", { ...index([GOOD]), mediaType: OCI_MANIFEST }],
    ["an image sent as an index", { ...GOOD, mediaType: OCI_INDEX }],
    ["an image sent as a Docker list", { ...spelled('"x":1'), mediaType: DOCKER_LIST }],
    [
      "schema 1 by its type",
      { ...GOOD, mediaType: "application/vnd.docker.distribution.manifest.v1+prettyjws" },
    ],
    ["schema 1 by its version", image2({ schemaVersion: 1 })],
    ["no schema version", document({ config: CONFIG, layers: [] })],
    ["a web page by its type", { ...GOOD, mediaType: "text/html" }],
    ["JSON by its type", { ...GOOD, mediaType: "application/json" }],
    ["duplicate keys", spelled(`"layers":[]`)],
    ["duplicate keys, escaped", spelled(`"l\\u0061yers":[]`)],
    ["a key that folds to another", spelled(`"Layers":[]`)],
    ["a key that folds by Unicode", spelled(`"\u017fubject":${JSON.stringify(ONE)}`)],
    ["a key that folds to `manifests`", spelled(`"MANIFESTS":[]`)],
    ["duplicate keys in a descriptor", layer(`"digest":"${LAYER.digest}"`)],
    ["a folded key in a descriptor", layer(`"SIZE":1`)],
    ["a Unicode-folded key in a descriptor", layer(`"\u017fize":1`)],
    ["duplicate keys in a platform", layer('"platform":{"os":"a","os":"b"}')],
    ["no config", document({ schemaVersion: 2, layers: [] })],
    ["no layers", document({ schemaVersion: 2, config: CONFIG })],
    ["a descriptor without a digest", image2({ layers: [{ mediaType: "a/b", size: 1 }] })],
    [
      "a descriptor without a size",
      image2({ layers: [{ mediaType: "a/b", digest: LAYER.digest }] }),
    ],
    ["a descriptor without a type", image2({ layers: [{ digest: LAYER.digest, size: 7 }] })],
    ["a negative size", image2({ layers: [{ ...ONE, size: -1 }] })],
    [
      "a size beyond 2^53",
      spelled('"x":1', `{"mediaType":"a/b","digest":"${LAYER.digest}","size":9007199254740993}`),
    ],
    [
      "a size with a point",
      spelled('"x":1', `{"mediaType":"a/b","digest":"${LAYER.digest}","size":7.0}`),
    ],
    ["a size as text", image2({ layers: [{ ...ONE, size: "7" }] })],
    ["a size that lies", image2({ layers: [{ ...ONE, size: 8 }] })],
    ["a size of the config that lies", image2({ config: { ...CONFIG, size: 3 } })],
    ["two sizes for one digest", image2({ layers: [ONE, { ...ONE, size: 8 }] })],
    [
      "a size of a child that lies",
      index([], { manifests: [{ ...descriptor(GOOD, OCI_MANIFEST), size: 1 }] }),
    ],
    ["a digest of md5", image2({ layers: [{ ...ONE, digest: `md5:${"0".repeat(32)}` }] })],
    ["a digest in capitals", image2({ layers: [{ ...ONE, digest: LAYER.digest.toUpperCase() }] })],
    ["a digest that is a path", image2({ layers: [{ ...ONE, digest: "sha256:../../../etc" }] })],
    ["a subject with a bad digest", image2({ subject: { ...ONE, digest: "sha256:abc" } })],
    ["annotations that are no texts", image2({ annotations: { a: 1 } })],
    ["a media type with a line break", image2({ artifactType: "a/b\r\nx: y" })],
    ["data that is not base64", image2({ layers: [{ ...ONE, data: "%%%" }] })],
    ["data of another length", image2({ layers: [{ ...ONE, data: btoa("a lay") }] })],
    ["1,001 layers", image2({ layers: Array.from({ length: 1_001 }, () => ONE) })],
    [
      "10,001 children",
      index([], {
        manifests: Array.from({ length: 10_001 }, () => ({ ...ONE, mediaType: OCI_MANIFEST })),
      }),
    ],
    [
      "64 KiB of annotations on a layer",
      image2({ layers: [{ ...ONE, annotations: { a: "x".repeat(65_536) } }] }),
    ],
    ["33 levels", spelled(`"x":${"[".repeat(33)}${"]".repeat(33)}`)],
    ["a million levels", spelled(`"x":${"[".repeat(1_000_000)}`)],
    ["a million objects in one another", spelled(`"x":${'{"a":'.repeat(500_000)}`)],
  ];
  test.each(cases)("%s", async (_, made) => {
    (await put(made)).refuses(400, "MANIFEST_INVALID");
    (await registry.admin.get(`/v2/${REPO}/manifests/x`)).refuses(404, "MANIFEST_UNKNOWN");
    (await registry.admin.get(`/v2/${REPO}/manifests/${made.digest}`)).expect(
      made.digest === GOOD.digest ? 200 : 404,
    );
  });

  test("embedded data that is not what its digest says", async () => {
    const made = image([], { layers: [{ ...ONE, data: btoa("A LAYER") }] });
    (await put(made)).refuses(400, "DIGEST_INVALID");
  });

  test("no Content-Type and no mediaType", async () => {
    const { bytes } = spelled('"x":1');
    const answer = await raw(
      registry.admin,
      `PUT /v2/${REPO}/manifests/x`,
      [`Content-Length: ${bytes.byteLength}`],
      bytes,
    );
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("MANIFEST_INVALID");
  });
});

describe("taken, since it is legal", () => {
  test.each<[string, Image]>([
    ["unknown keys", spelled('"x-vendor":{"Layers":{"deep":[1,2,3]}},"yet":null')],
    [
      "annotations that fold to one another",
      image([LAYER], { annotations: { a: "1", A: "2", layers: "3" } }),
    ],
    [
      "null in place of what may be missing",
      spelled('"subject":null,"annotations":null,"artifactType":""'),
    ],
    ["embedded data", image([], { layers: [{ ...ONE, data: btoa("a layer") }] })],
    ["one layer twice", image([LAYER, LAYER])],
    ["no layers", image([])],
    ["an artifact of an unknown type", image([LAYER], { artifactType: "application/x.my+thing" })],
    ["1,000 layers", image([], { layers: Array.from({ length: 1_000 }, () => ONE) })],
    [
      "hundreds of kilobytes of annotations of its own",
      image([], { annotations: { a: "x".repeat(300_000) } }),
    ],
    [
      "foreign layers that are elsewhere",
      image([], {
        layers: [
          {
            ...ONE,
            digest: piece("far").digest,
            mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
          },
          {
            ...ONE,
            digest: piece("away").digest,
            mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
          },
          { ...ONE, digest: piece("url").digest, urls: ["https://example.com/layer"] },
        ],
      }),
    ],
    ["Docker's schema 2", dockerImage([LAYER])],
    ["32 levels", spelled(`"x":${"[".repeat(31)}${"]".repeat(31)}`)],
  ])("%s", async (_, made) => {
    (await put(made, made.digest)).expect(201);
    const found = (await registry.admin.get(`/v2/${REPO}/manifests/${made.digest}`)).expect(200);
    expect(Buffer.compare(found.body, made.bytes)).toBe(0);
  });
});

describe("size", () => {
  function sized(bytes: number): Image {
    const bare = image([LAYER], { annotations: { fill: "" } });
    return image([LAYER], { annotations: { fill: "x".repeat(bytes - bare.bytes.byteLength) } });
  }

  test("4 MiB are taken, with and without a length", async () => {
    const made = sized(LIMIT);
    expect(made.bytes.byteLength).toBe(LIMIT);
    (await put(made, "big")).expect(201);
    const headers = { "content-type": OCI_MANIFEST };
    const target = `/v2/${REPO}/manifests/big`;
    (await registry.admin.put(target, { body: chunked(made.bytes), headers })).expect(201);
    expect((await registry.admin.head(target)).header("content-length")).toBe(String(LIMIT));
  });

  test("one byte more is 413, with and without a length", async () => {
    const made = sized(LIMIT + 1);
    (await put(made, "bigger")).refuses(413, "SIZE_INVALID");
    const headers = { "content-type": OCI_MANIFEST };
    const target = `/v2/${REPO}/manifests/bigger`;
    const body = chunked(made.bytes.slice(0, LIMIT), made.bytes.slice(LIMIT));
    (await registry.admin.put(target, { body, headers })).refuses(413, "SIZE_INVALID");
    (await registry.admin.get(target)).refuses(404, "MANIFEST_UNKNOWN");
  });

  test("an announced gigabyte is refused before it comes, an endless one while it comes", async () => {
    const target = `PUT /v2/${REPO}/manifests/endless`;
    const type = `Content-Type: ${OCI_MANIFEST}`;
    const told = await raw(registry.admin, target, [type, "Content-Length: 1073741824"]);
    expect(told.status).toBe(413);
    const client = await openRaw(registry.admin);
    client.send(head(registry.admin, target, [type, "Transfer-Encoding: chunked"]));
    const piece_ = pattern(65_536);
    for (let sent = 0; sent < 4 * LIMIT && client.received === "" && !client.closed; ) {
      client.send("10000\r\n");
      client.send(piece_);
      client.send("\r\n");
      sent += 65_536;
      await Bun.sleep(0);
    }
    await client.until(({ received }) => received.includes("\r\n\r\n"));
    expect(client.received).toStartWith("HTTP/1.1 413");
    client.end();
  });
});

describe("references", () => {
  const absent = ["one", "two", "three"].map((text) => piece(`absent ${text}`));

  test("every missing one is named", async () => {
    const made = image([LAYER, ...absent], { config: descriptor(piece("absent config"), "a/b") });
    const { error } = (await put(made)).refuses(404, "MANIFEST_BLOB_UNKNOWN");
    const digests = error.detail.digests as string[];
    const expected = [...absent, piece("absent config")].map(({ digest }) => digest);
    expect([...digests].sort()).toEqual(expected.sort());
  });

  test("a child that is missing, or is only a blob, or a layer that is only a manifest", async () => {
    const lost = image([], { annotations: { never: "pushed" } });
    (await put(index([GOOD, lost]))).refuses(404, "MANIFEST_BLOB_UNKNOWN");
    await pushBlob(registry.admin, REPO, lost);
    (await put(index([GOOD, lost]))).refuses(404, "MANIFEST_BLOB_UNKNOWN");
    (await put(image([GOOD]))).refuses(404, "MANIFEST_BLOB_UNKNOWN");
  });

  test("what another repository has does not count", async () => {
    (await putManifest(registry.admin, "team/poor", "x", GOOD)).refuses(
      404,
      "MANIFEST_BLOB_UNKNOWN",
    );
    (await registry.admin.get("/v2/team/poor/tags/list")).refuses(404, "NAME_UNKNOWN");
  });

  test("a deleted child does not count either", async () => {
    const child = image([LAYER], { annotations: { a: "short-lived" } });
    (await put(child, "child")).expect(201);
    (await registry.admin.delete(`/v2/${REPO}/manifests/${child.digest}`)).expect(202);
    (await put(index([child]))).refuses(404, "MANIFEST_BLOB_UNKNOWN");
  });

  test("may be missing where the configuration says so, but sizes may never lie", async () => {
    await registry.restart({ "manifests.require_references": false });
    const lost = image([], { annotations: { never: "ever" } });
    (await put(index([GOOD, lost]), "sparse")).expect(201);
    (await put(image([LAYER, ...absent]), "partial")).expect(201);
    const [away] = absent.map((blob) => descriptor(blob));
    const twice = image([], { layers: [away, { ...away, size: 1 }] });
    (await put(twice)).refuses(400, "MANIFEST_INVALID");
    (await put(image([], { layers: [{ ...ONE, size: 8 }] }))).refuses(400, "MANIFEST_INVALID");
    await registry.restart();
    (await registry.admin.get(`/v2/${REPO}/manifests/sparse`)).expect(200);
    (await put(index([lost]))).refuses(404, "MANIFEST_BLOB_UNKNOWN");
  });
});

test("a project that does not exist is made only where a push may make it", async () => {
  await registry.restart({ "projects.auto_create": "never" });
  const refused = await registry.admin.post("/v2/newcomer/app/blobs/uploads/");
  refused.refuses(404, "NAME_UNKNOWN");
  (await putManifest(registry.admin, "newcomer/app", "x", image([], {}))).refuses(
    404,
    "NAME_UNKNOWN",
  );
  const mount = `/v2/newcomer/app/blobs/uploads/?mount=${LAYER.digest}&from=${REPO}`;
  (await registry.admin.post(mount)).refuses(404, "NAME_UNKNOWN");
  (await registry.admin.post(`/v2/team/new/blobs/uploads/`)).expect(202);
});
