import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { isDigest } from "../../oci/digest.ts";
import { newHasher } from "./hasher.ts";

test("knows the digests of nothing and of abc (FIPS 180-4)", () => {
  const hasher = newHasher("sha256");
  expect(hasher.digest() as string).toBe(
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  hasher.update(new TextEncoder().encode("abc"));
  expect(hasher.digest() as string).toBe(
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("any split of the bytes gives one digest; looking and copying disturb nothing", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("sha256", "sha512"),
      fc.array(fc.uint8Array({ maxLength: 300 })),
      fc.uint8Array(),
      (algorithm, chunks, more) => {
        const hasher = newHasher(algorithm);
        const seen = createHash(algorithm);
        for (const chunk of chunks) {
          hasher.update(chunk);
          seen.update(chunk);
          expect(hasher.digest() as string).toBe(`${algorithm}:${seen.copy().digest("hex")}`);
        }
        const before = hasher.digest();
        const copy = hasher.copy();
        copy.update(more);
        expect(hasher.digest()).toBe(before);
        expect(copy.digest() as string).toBe(`${algorithm}:${seen.update(more).digest("hex")}`);
        expect(isDigest(before)).toBeTrue();
        expect(copy.algorithm).toBe(algorithm);
      },
    ),
  );
});
