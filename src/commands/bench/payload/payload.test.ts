import { describe, expect, test } from "bun:test";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { BlobMaker, sha256 } from "./blobs.ts";
import { EMPTY_BLOB, makeImage, paddedManifest } from "./images.ts";
import { SeededRandom, Zipf } from "./random.ts";

describe("seeded payloads", () => {
  test("the same seed gives the same bytes, another gives others", () => {
    const bytes = (seed: string, label: string) => new SeededRandom(seed).bytes(label, 3_000_000);
    expect(bytes("a", "x").equals(bytes("a", "x"))).toBe(true);
    expect(bytes("a", "x").equals(bytes("a", "y"))).toBe(false);
    expect(bytes("a", "x").equals(bytes("b", "x"))).toBe(false);
  });

  test("a blob has its size and its digest, is new each time and does not compress", () => {
    const maker = new BlobMaker("seed");
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 65, max: 300_000 })),
        (size) => {
          const blob = maker.make(size);
          const whole = Buffer.concat(blob.parts);
          expect(whole.byteLength).toBe(size);
          expect(blob.digest).toBe(sha256([whole]));
          if (size >= 16) expect(seen.has(blob.digest)).toBe(false);
          if (size >= 64) {
            expect(deflateRawSync(whole).byteLength).toBeGreaterThan(size * 0.99);
          }
          seen.add(blob.digest);
        },
      ),
    );
  });

  test("manifests have the size asked for and name blobs by their digests", () => {
    const manifest = paddedManifest("label", 2_048);
    expect(manifest.bytes.byteLength).toBe(2_048);
    expect(manifest.digest).toBe(sha256([manifest.bytes]));
    expect(JSON.parse(Buffer.from(manifest.bytes).toString()).config.digest).toBe(
      EMPTY_BLOB.digest,
    );
    expect(paddedManifest("other", 2_048).digest).not.toBe(manifest.digest);

    const image = makeImage(new BlobMaker("seed"), "label", 1_024, 5_000);
    const parsed = JSON.parse(Buffer.from(image.manifest).toString());
    expect(image.config.size).toBe(1_024);
    expect(parsed.config).toMatchObject({ digest: image.config.digest, size: 1_024 });
    expect(parsed.layers).toMatchObject([{ digest: image.layers[0]?.digest, size: 5_000 }]);
  });

  test("the empty blob is that of the image-spec", () => {
    expect(EMPTY_BLOB.digest).toBe(
      "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    );
  });
});

test("Zipf's law: the first is picked about n times as often as the n-th", () => {
  const zipf = new Zipf(100);
  const random = new SeededRandom("zipf");
  const counts = new Array<number>(100).fill(0);
  for (let n = 0; n < 200_000; n += 1) {
    const rank = zipf.pick(random);
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  for (const rank of [2, 10, 50]) {
    const ratio = (counts[0] ?? 0) / (counts[rank - 1] ?? 1);
    expect(ratio).toBeGreaterThan(rank * 0.8);
    expect(ratio).toBeLessThan(rank * 1.25);
  }
});
