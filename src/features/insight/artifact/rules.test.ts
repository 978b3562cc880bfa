import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Descriptor } from "../../../oci/manifest.ts";
import { readChart } from "./rules-chart.ts";
import { isBrowsable, layersOf, readImageConfig } from "./rules-image.ts";

/** JSON that looks as a config does, with anything in its places. */
const places = fc.constantFrom(
  ...["config", "history", "os", "architecture", "created", "Env", "Cmd", "Entrypoint", "Labels"],
  ...["Volumes", "ExposedPorts", "Healthcheck", "Test", "empty_layer", "created_by", "__proto__"],
  ...["name", "version", "keywords", "maintainers", "dependencies", "sources"],
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, 7, "", "text", "2026-01-02T03:04:05Z", "\ud800"),
    fc.array(tie("json"), { maxLength: 4 }),
    fc
      .array(fc.tuple(places, tie("json")), { maxLength: 6 })
      .map((pairs) => Object.fromEntries(pairs)),
  ),
}));

const descriptor = fc.record({
  mediaType: fc.constant("application/vnd.oci.image.layer.v1.tar+gzip"),
  digest: fc.nat(1_000).map((n) => `sha256:${String(n).padStart(64, "0")}` as Descriptor["digest"]),
  size: fc.nat(),
});

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [name, ...texts(each)]);
}

describe("what an image says of itself", () => {
  test("is text and lists of text, whatever the config holds", () => {
    fc.assert(
      fc.property(json, (config) => {
        const image = readImageConfig(config);
        for (const each of [image.env, image.exposedPorts, image.volumes]) {
          expect(each.every((item) => typeof item === "string")).toBe(true);
        }
        expect(Object.values(image.labels).every((item) => typeof item === "string")).toBe(true);
        expect(texts(image).every((text) => text.isWellFormed())).toBe(true);
        expect(Object.hasOwn(Object.prototype, "labels")).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test("is bounded", () => {
    const image = readImageConfig({
      os: "x".repeat(100_000),
      config: {
        Env: Array.from({ length: 10_000 }, () => "y".repeat(100_000)),
        Labels: Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`l${at}`, "z"])),
      },
    });
    expect(image.os?.length).toBe(255);
    expect([image.env.length, image.env[0]?.length]).toEqual([500, 8_192]);
    expect(Object.keys(image.labels).length).toBe(500);
  });

  test("tells every layer once and in order, and every line of history", () => {
    const line = fc.record({
      created_by: fc.string(),
      empty_layer: fc.constantFrom(true, false, undefined),
    });
    fc.assert(
      fc.property(
        fc.array(descriptor, { maxLength: 6 }),
        fc.array(line, { maxLength: 8 }),
        (layers, history) => {
          const shown = layersOf(layers, { history });
          const real = shown.flatMap(({ digest, size }) =>
            digest === null ? [] : [{ digest, size }],
          );
          expect(real).toEqual(layers.map(({ digest, size }) => ({ digest, size })));
          expect(shown.length).toBeGreaterThanOrEqual(Math.max(layers.length, history.length));
          for (const [at, { empty_layer }] of history.entries()) {
            if (empty_layer === true) expect(shown[at]).toMatchObject({ digest: null, size: 0 });
          }
        },
      ),
    );
  });

  test.each([
    ['/bin/sh -c #(nop)  CMD ["sh"]', 'CMD ["sh"]'],
    ["/bin/sh -c apt-get update", "apt-get update"],
    ["RUN /bin/sh -c make # buildkit", "RUN /bin/sh -c make # buildkit"],
    ["/bin/sh -c ", "/bin/sh -c "],
  ])("names the command %p as %p", (created_by, command) => {
    expect(layersOf([], { history: [{ created_by }] })[0]?.command).toBe(command);
  });
});

test("what a chart says is text and lists, whatever its config holds", () => {
  fc.assert(
    fc.property(json, (config) => {
      const chart = readChart(config, { values: null, readme: null });
      expect([typeof chart.name, typeof chart.version]).toEqual(["string", "string"]);
      for (const { name, url } of chart.maintainers) {
        expect(typeof name).toBe("string");
        expect(url === null || typeof url === "string").toBe(true);
      }
      expect(chart.keywords.every((each) => typeof each === "string")).toBe(true);
    }),
  );
});

test.each([
  ["application/vnd.oci.image.layer.v1.tar", true],
  ["application/vnd.oci.image.layer.v1.tar+gzip", true],
  ["application/vnd.oci.image.layer.v1.tar+zstd", true],
  ["application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", true],
  ["application/vnd.docker.image.rootfs.diff.tar.gzip", true],
  ["application/vnd.cncf.helm.chart.content.v1.tar+gzip", true],
  ["application/vnd.dev.cosign.simplesigning.v1+json", false],
  ["application/vnd.example.guitar", false],
  ["text/markdown", false],
])("whether the files of %s can be listed: %p", (mediaType, expected) => {
  expect(isBrowsable(mediaType)).toBe(expected);
});
