import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  algorithmOf,
  type Digest,
  encodedOf,
  isDigest,
  parseAlgorithm,
  parseDigest,
} from "./digest.ts";

const HEX_64 = "0123456789abcdef".repeat(4);
const HEX_128 = HEX_64.repeat(2);

const code = (value: string) => expect.objectContaining({ code: value });

describe("parseDigest", () => {
  test("takes sha256 and sha512 apart", () => {
    const short = parseDigest(`sha256:${HEX_64}`);
    const long = parseDigest(`sha512:${HEX_128}`);
    expect([algorithmOf(short), encodedOf(short)]).toEqual(["sha256", HEX_64]);
    expect([algorithmOf(long), encodedOf(long)]).toEqual(["sha512", HEX_128]);
  });

  test.each([
    "",
    ":",
    "sha256",
    "latest",
    "sha256:",
    `sha256:${HEX_64.toUpperCase()}`,
    `SHA256:${HEX_64}`,
    `sha256:${HEX_64}0`,
    `sha256:${HEX_64.slice(1)}`,
    `sha256:${HEX_128}`,
    `sha512:${HEX_64}`,
    `sha256:${"g".repeat(64)}`,
    `sha256:${HEX_64.slice(1)}\n`,
    ` sha256:${HEX_64}`,
    `:${HEX_64}`,
    `constructor:${HEX_64}/`,
    `sha256:../../../../etc/passwd`,
  ])("refuses %p as malformed", (given) => {
    expect(isDigest(given)).toBe(false);
    expect(() => parseDigest(given)).toThrow(code("digest.invalid"));
  });

  test.each([`blake3:${HEX_64}`, `md5:${HEX_64}`, "sha256+b64:abc=", "constructor:abc"])(
    "refuses the algorithm of %p by its name",
    (given) => {
      expect(() => parseDigest(given)).toThrow(code("digest.unsupported"));
    },
  );

  test("agrees with the grammar for every text", () => {
    const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdefABg="), maxLength: 130 });
    const exact = fc.constantFrom(HEX_64, HEX_128);
    const algorithm = fc.constantFrom("sha256", "sha512", "sha384", "Sha256", "");
    const grammar = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(algorithm, fc.oneof(hex, exact)).map(([a, e]) => `${a}:${e}`),
        ),
        (given) => expect(isDigest(given)).toBe(grammar.test(given)),
      ),
    );
  });

  test("says back no more than a line of what was sent, and nothing unprintable", () => {
    try {
      parseDigest(`sha256:\r\nSet-Cookie: x\u202e${"a".repeat(5_000)}`);
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toMatch(/^[\x20-\x7e…]{1,200}$/);
    }
  });
});

test("parseAlgorithm knows two names", () => {
  expect(parseAlgorithm("sha256")).toBe("sha256");
  expect(parseAlgorithm("sha512")).toBe("sha512");
  for (const given of ["", "SHA256", "blake3", "sha256 "]) {
    expect(() => parseAlgorithm(given)).toThrow(code("digest.unsupported"));
  }
});

test("a digest keeps its spelling", () => {
  const digest: Digest = parseDigest(`sha256:${HEX_64}`);
  expect(`${algorithmOf(digest)}:${encodedOf(digest)}`).toBe(digest);
});
