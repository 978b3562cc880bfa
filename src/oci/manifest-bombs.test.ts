import { heapStats } from "bun:jsc";
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../kernel/errors/catalogue.ts";
import { MAX_MANIFEST_BYTES, parseManifest } from "./manifest.ts";
import { OCI_INDEX, OCI_MANIFEST } from "./media-types.ts";

const encoder = new TextEncoder();
const A = `sha256:${"a".repeat(64)}`;
const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar", digest: A, size: 0 };
const child = { mediaType: OCI_MANIFEST, digest: A, size: 500 };
const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: A, size: 7 };
const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] };
const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [child] };

function parse(document: unknown) {
  const body = typeof document === "string" ? document : JSON.stringify(document);
  return parseManifest(encoder.encode(body), undefined);
}

/** Lets go of the stack's last references, then collects what is garbage. */
async function collected(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    Bun.gc(true);
  }
}

function refused(document: unknown) {
  try {
    parse(document);
  } catch (error) {
    if (error instanceof Failure) {
      return { code: error.code, status: error.status, ...error.details };
    }
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("bombs", () => {
  test("1,000 layers and 10,000 children pass, one more does not", () => {
    const layers = (count: number) => ({ ...image, layers: new Array(count).fill(layer) });
    const children = (count: number) => ({ ...index, manifests: new Array(count).fill(child) });
    expect(parse(layers(1_000)).layers).toHaveLength(1_000);
    expect(parse(children(10_000)).children).toHaveLength(10_000);
    const many = "json.too_many";
    expect(refused(layers(1_001))).toMatchObject({ code: many, path: "layers", limit: 1_000 });
    expect(refused(children(10_001))).toMatchObject({
      code: many,
      path: "manifests",
      limit: 10_000,
    });
  });

  test("4 MiB pass, a byte more does not", () => {
    const body = JSON.stringify(image);
    expect(() => parse(body.padEnd(MAX_MANIFEST_BYTES))).not.toThrow();
    const more = body.padEnd(MAX_MANIFEST_BYTES + 1);
    expect(refused(more)).toMatchObject({
      code: "manifest.too_large",
      status: 413,
      limit: 4_194_304,
    });
  });

  test("64 KiB of annotations pass in a descriptor, a byte more does not", () => {
    const annotations = { ab: "é".repeat(32_767) };
    const code = "manifest.annotations_too_large";
    const more = { ...annotations, c: "" };
    const inLayer = (value: object) => ({ ...image, layers: [{ ...layer, annotations: value }] });
    expect(() => parse(inLayer(annotations))).not.toThrow();
    expect(refused(inLayer(more))).toMatchObject({ code, path: "layers[0].annotations" });
  });

  test("the manifest's own annotations are bounded by its size alone", () => {
    const annotations = { k: "x".repeat(3_900_000) };
    expect(() => parse({ ...image, annotations })).not.toThrow();
  });

  test("annotations are counted in bytes of UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 8 }), (text) => {
        const bytes = encoder.encode(text.toWellFormed()).length;
        const room = "x".repeat(65_536 - 1 - bytes);
        const annotations = (end: string) => ({
          ...image,
          layers: [{ ...layer, annotations: { k: text + room + end } }],
        });
        expect(() => parse(annotations(""))).not.toThrow();
        expect(() => parse(annotations("x"))).toThrow();
      }),
    );
  });

  test("what is kept of a large manifest keeps no more of it alive", async () => {
    const rounds = 40;
    const filler = "y".repeat(MAX_MANIFEST_BYTES - 1_000);
    const kept: unknown[] = [];
    // Small ones first, so that the compiled code is what is measured.
    for (let round = 0; round < 5_000; round++) parse(image);
    await collected();
    const before = heapStats().extraMemorySize;
    for (let round = 0; round < rounds; round++) {
      const annotations = { round: `${round}` };
      kept.push(parse({ ...image, annotations, x: `${filler}${round}` }));
    }
    await collected();
    const grown = heapStats().extraMemorySize - before;
    expect(kept).toHaveLength(rounds);
    expect(grown).toBeLessThan((rounds / 4) * MAX_MANIFEST_BYTES);
  });

  test("depth ends at 32", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    const body = (levels: number) => JSON.stringify(image).replace("{", `{"x":${nested(levels)},`);
    expect(() => parse(body(31))).not.toThrow();
    expect(refused(body(32))).toMatchObject({ code: "json.too_deep", limit: 32 });
    expect(refused(`{"x":${"[".repeat(4_000_000)}`)).toMatchObject({ code: "json.too_deep" });
  });
});

test("no mutation of a manifest causes anything but a refusal", () => {
  const rich = {
    ...image,
    artifactType: "a/b",
    subject: { ...child, platform: { os: "linux", "os.features": ["x"] } },
    layers: [
      { ...layer, urls: ["u"], annotations: { a: "é" } },
      { ...layer, data: "" },
    ],
    annotations: { k: "v\n" },
  };
  const bytes = encoder.encode(JSON.stringify(rich));
  const types = fc.constantFrom(undefined, OCI_MANIFEST, OCI_INDEX, "x", "");
  const patch = fc.tuple(fc.nat(bytes.length), fc.nat(12), fc.uint8Array({ maxLength: 12 }));
  fc.assert(
    fc.property(fc.array(patch, { minLength: 1, maxLength: 3 }), types, (patches, type) => {
      let mutated = [...bytes];
      for (const [at, gone, put] of patches) mutated = mutated.toSpliced(at, gone, ...put);
      try {
        parseManifest(Uint8Array.from(mutated), type);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }),
    { numRuns: 5_000 },
  );
});

test("no value in the place of another causes anything but a refusal", () => {
  const places = [
    "schemaVersion",
    "mediaType",
    "config",
    "layers",
    "manifests",
    "subject",
    "annotations",
  ];
  fc.assert(
    fc.property(
      fc.constantFrom<object>(image, index),
      fc.dictionary(fc.constantFrom(...places), fc.jsonValue()),
      (document, changes) => {
        try {
          parse({ ...document, ...changes });
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
