import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../kernel/errors/catalogue.ts";
import { parseDigest } from "./digest.ts";
import { parseManifest, referrerArtifactType } from "./manifest.ts";
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from "./media-types.ts";

const encoder = new TextEncoder();
const A = `sha256:${"a".repeat(64)}`;
const B = `sha512:${"b".repeat(128)}`;
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: A, size: 7 };
const layer = { mediaType: LAYER, digest: B, size: 0 };
const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] };
const child = { mediaType: OCI_MANIFEST, digest: A, size: 500 };
const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [child] };

function parse(document: unknown, contentType?: string) {
  const body = typeof document === "string" ? document : JSON.stringify(document);
  return parseManifest(encoder.encode(body), contentType);
}

function caught(run: () => unknown): Failure {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** A refusal, whose words must say all they promise, in both languages. */
function refused(document: unknown, contentType?: string) {
  const failure = caught(() => parse(document, contentType));
  for (const words of [
    failure.words("en"),
    failure.words("zh"),
    failure.help("en"),
    failure.help("zh"),
  ]) {
    expect(words).not.toMatch(/\{\w+\}/);
    expect(words).not.toBe("");
  }
  expect(failure.status).toBe(400);
  return { code: failure.code, ...failure.details };
}

describe("what must pass", () => {
  test("an image", () => {
    const parsed = parse(image, `${OCI_MANIFEST}; charset=utf-8`);
    expect(parsed).toEqual({
      kind: "image",
      mediaType: OCI_MANIFEST,
      config: { ...config, digest: parseDigest(A) },
      layers: [{ ...layer, digest: parseDigest(B) }],
      children: [],
      annotations: {},
    });
  });

  test("an index with platforms, and one of indexes", () => {
    const platform = { architecture: "arm64", os: "linux", "os.version": "1", variant: "v8" };
    const nested = { ...child, mediaType: OCI_INDEX };
    const parsed = parse({ ...index, manifests: [{ ...child, platform }, nested] });
    expect(parsed.kind).toBe("index");
    expect(parsed.children.map((item) => item.platform)).toEqual([platform, undefined]);
    expect(parsed.children.map((item) => item.mediaType)).toEqual([OCI_MANIFEST, OCI_INDEX]);
    expect(parsed.config).toBeUndefined();
  });

  test.each([
    [DOCKER_MANIFEST, { ...image, mediaType: DOCKER_MANIFEST }, "image"],
    [DOCKER_LIST, { ...index, mediaType: DOCKER_LIST }, "index"],
    [OCI_MANIFEST, { ...image, mediaType: undefined }, "image"],
    [undefined, image, "image"],
    ["", index, "index"],
  ])("the type %p from Content-Type, body or both", (contentType, document, kind) => {
    expect(String(parse(document, contentType).kind)).toBe(String(kind));
  });

  test.each([
    ["no layers", { ...image, layers: [] }],
    ["layers written as null", { ...image, layers: null }],
    ["no manifests", { ...index, manifests: [] }],
    ["unknown fields", { ...image, "org.example.x": { a: [1.5, { A: 1, a: 2 }] }, history: 1 }],
    ["unknown types", { ...image, config: { ...config, mediaType: "text/x; charset=utf-8" } }],
    ["empty values", { ...image, artifactType: "", annotations: {}, subject: null }],
  ])("%s", (_name, document) => {
    expect(() => parse(document)).not.toThrow();
  });

  test("an artifact: empty config with its data, artifactType, subject, annotations", () => {
    const empty = { mediaType: OCI_EMPTY, digest: A, size: 2, data: "e30=" };
    const document = {
      ...image,
      artifactType: "application/vnd.example+type",
      config: empty,
      layers: [empty],
      subject: child,
      annotations: { a: "1", A: "2" },
    };
    const parsed = parse(document);
    expect(parsed.config?.data).toBe("e30=");
    expect(parsed.subject?.digest).toBe(parseDigest(A));
    expect(parsed.annotations).toEqual({ a: "1", A: "2" });
    expect(referrerArtifactType(parsed)).toBe("application/vnd.example+type");
  });

  test("descriptors keep urls, annotations and artifactType", () => {
    const full = { ...layer, urls: ["https://a.example/x"], annotations: { k: "v" } };
    const document = { ...image, layers: [{ ...full, artifactType: "a/b" }] };
    expect(parse(document).layers[0]).toEqual({
      ...full,
      artifactType: "a/b",
      digest: parseDigest(B),
    });
  });

  test("empty urls are none", () => {
    const parsed = parse({ ...image, layers: [{ ...layer, urls: [] }] });
    expect(Object.keys(parsed.layers[0] ?? {})).toEqual(["mediaType", "digest", "size"]);
  });

  test("an annotation is no way into the prototype", () => {
    const body = JSON.stringify(image).replace("{", '{"annotations":{"__proto__":"x"},');
    expect(Object.entries(parse(body).annotations)).toEqual([["__proto__", "x"]]);
  });
});

test("the artifact type of referrers: its own, else the config's; an index only its own", () => {
  expect(referrerArtifactType(parse(image))).toBe(config.mediaType);
  expect(referrerArtifactType(parse({ ...image, artifactType: "" }))).toBe(config.mediaType);
  expect(referrerArtifactType(parse({ ...image, artifactType: "a/b" }))).toBe("a/b");
  expect(referrerArtifactType(parse(index))).toBeUndefined();
  expect(referrerArtifactType(parse({ ...index, artifactType: "a/b" }))).toBe("a/b");
});

describe("what kind of document it is", () => {
  const schema1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";
  const both = { ...image, ...index };

  test.each([
    ["an image that lists manifests", both, OCI_INDEX, "manifest.ambiguous", "config"],
    ["layers in an index", { ...index, layers: [] }, OCI_INDEX, "manifest.ambiguous", "layers"],
    [
      "null layers in an index",
      { ...index, layers: null },
      undefined,
      "manifest.ambiguous",
      "layers",
    ],
    [
      "manifests in an image",
      { ...image, manifests: [] },
      undefined,
      "manifest.ambiguous",
      "manifests",
    ],
    ["schema 1's layers", { ...image, fsLayers: [] }, undefined, "manifest.ambiguous", "fsLayers"],
    ["no config", { ...image, config: undefined }, undefined, "manifest.missing", "config"],
    ["a null config", { ...image, config: null }, undefined, "manifest.missing", "config"],
    ["layers left out", { ...image, layers: undefined }, undefined, "manifest.missing", "layers"],
    [
      "manifests left out",
      { ...index, manifests: undefined },
      undefined,
      "manifest.missing",
      "manifests",
    ],
  ])("%s is refused", (_name, document, contentType, code, path) => {
    expect(refused(document, contentType)).toMatchObject({ code, path });
  });

  test.each([
    ["schema 1 by Content-Type", image, schema1, "manifest.schema1"],
    ["schema 1 by mediaType", { ...image, mediaType: schema1 }, undefined, "manifest.schema1"],
    ["schema 1 by version", { schemaVersion: 1, fsLayers: [] }, undefined, "manifest.schema1"],
    ["a version to come", { ...image, schemaVersion: 3 }, undefined, "manifest.schema_version"],
    ["no version", { ...image, schemaVersion: undefined }, undefined, "manifest.schema_version"],
    ["a page", image, "text/html", "manifest.media_type"],
    ["two Content-Types", image, `${OCI_MANIFEST}, ${OCI_MANIFEST}`, "manifest.media_type"],
    ["an unknown mediaType", { ...image, mediaType: "a/b" }, undefined, "manifest.media_type"],
    ["no type", { ...image, mediaType: undefined }, undefined, "manifest.media_type_missing"],
    ["an empty mediaType", { ...image, mediaType: "" }, undefined, "manifest.media_type"],
    ["other types", image, OCI_INDEX, "manifest.media_type_mismatch"],
    ["other families", image, DOCKER_MANIFEST, "manifest.media_type_mismatch"],
    [
      "other case",
      { ...image, mediaType: OCI_MANIFEST.toUpperCase() },
      OCI_MANIFEST,
      "manifest.media_type_mismatch",
    ],
  ])("%s is refused", (_name, document, contentType, code) => {
    expect(refused(document, contentType)).toMatchObject({ code });
  });
});

test("an artifactType that could stand in no header is refused", () => {
  for (const artifactType of ["a\0", "a\nb", " a", "é", "a".repeat(256)]) {
    const code = "manifest.type_invalid";
    expect(refused({ ...index, artifactType })).toMatchObject({ code, path: "artifactType" });
  }
});

describe("keys that two readers could understand differently", () => {
  const body = JSON.stringify({ ...image, subject: { ...child, platform: { os: "linux" } } });

  test.each([
    ["twice", '"layers":', '"layers":[],"layers":', "json.duplicate_key", "layers"],
    ["in capitals", '"layers":', '"Layers":[],"layers":', "json.folded_key", "Layers"],
    ["of the other kind", '"layers":', '"MANIFESTS":[],"layers":', "json.folded_key", "MANIFESTS"],
    ["with a long s", '"layers":', '"layerſ":[],"layers":', "json.folded_key", '["layer\\u017f"]'],
    ["escaped", '"config":', '"conf\\u0069g":{},"config":', "json.duplicate_key", "config"],
    ["in a layer", '"size":0', '"size":0,"Size":1', "json.folded_key", "layers[0].Size"],
    ["in a subject", '"size":500', '"size":500,"size":1', "json.duplicate_key", "subject.size"],
    [
      "in a platform",
      '"os":"linux"',
      '"os":"linux","OS":"x"',
      "json.folded_key",
      "subject.platform.OS",
    ],
    ["unknown, twice", '"layers":', '"x":1,"x":2,"layers":', "json.duplicate_key", "x"],
  ])("%s", (_name, from, to, code, path) => {
    expect(() => parse(body)).not.toThrow();
    expect(body).toContain(from);
    expect(refused(body.replace(from, to))).toMatchObject({ code, path });
  });

  test("are of no matter in annotations and extensions", () => {
    const free = '"annotations":{"A":"1","a":"2","size":"","SIZE":""},"x":{"a":1,"A":2,"a":3}';
    expect(() => parse(body.replace("{", `{${free},`))).not.toThrow();
  });
});

describe("descriptors that lie", () => {
  test.each([
    [{ size: -1 }, "json.not_whole", "size"],
    [{ size: 1.5 }, "json.not_whole", "size"],
    [{ size: "1" }, "json.not_whole", "size"],
    [{ size: 2 ** 53 }, "json.not_whole", "size"],
    [{ size: undefined }, "manifest.missing", "size"],
    [{ size: null }, "manifest.missing", "size"],
    [{ digest: undefined }, "manifest.missing", "digest"],
    [{ digest: "" }, "manifest.digest", "digest"],
    [{ digest: A.toUpperCase() }, "manifest.digest", "digest"],
    [{ digest: `blake3:${"a".repeat(64)}` }, "manifest.digest", "digest"],
    [{ digest: "sha256:../../etc/passwd" }, "manifest.digest", "digest"],
    [{ mediaType: undefined }, "manifest.missing", "mediaType"],
    [{ mediaType: "" }, "manifest.type_invalid", "mediaType"],
    [{ mediaType: "a/b\r\nX: y" }, "manifest.type_invalid", "mediaType"],
    [{ mediaType: "a/b\0" }, "manifest.type_invalid", "mediaType"],
    [{ mediaType: "a".repeat(256) }, "manifest.type_invalid", "mediaType"],
    [{ artifactType: "é" }, "manifest.type_invalid", "artifactType"],
    [{ urls: "https://a.example" }, "json.not_list", "urls"],
    [{ urls: [1] }, "json.not_text", "urls[0]"],
    [{ platform: [] }, "json.not_object", "platform"],
    [{ platform: { os: 1 } }, "json.not_text", "platform.os"],
    [{ annotations: { a: 1 } }, "json.not_text", "annotations.a"],
    [{ data: "e30=", size: 3 }, "manifest.data_size", "data"],
    [{ data: "", size: 1 }, "manifest.data_size", "data"],
    [{ data: "e30", size: 2 }, "manifest.data_encoding", "data"],
    [{ data: "e3\n0", size: 2 }, "manifest.data_encoding", "data"],
    [{ data: "e3_-", size: 3 }, "manifest.data_encoding", "data"],
    [{ data: "====", size: 2 }, "manifest.data_encoding", "data"],
    [{ data: "a=b=", size: 2 }, "manifest.data_encoding", "data"],
  ])("%p is refused as %s, wherever it stands", (change, code, field) => {
    const bad = { ...layer, ...change };
    const places: [string, unknown][] = [
      ["layers[1]", { ...image, layers: [layer, bad] }],
      ["config", { ...image, config: bad }],
      ["subject", { ...index, subject: bad }],
      ["manifests[0]", { ...index, manifests: [bad] }],
    ];
    for (const [place, document] of places) {
      expect(refused(document)).toMatchObject({ code, path: `${place}.${field}` });
    }
  });

  test("data of every length is measured right", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const data = btoa(String.fromCharCode(...bytes));
        const document = { ...image, layers: [{ ...layer, data, size: bytes.length }] };
        expect(parse(document).layers[0]?.data).toBe(data);
      }),
    );
  });
});
