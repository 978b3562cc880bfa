import { expect, test } from "bun:test";
import { foldKey } from "./key-folding.ts";

test.each([
  ["size", "ſize", true],
  ["layers", "LAYERſ", true],
  ["k", "\u212a", true],
  ["mediaType", "MEDIATYPE", true],
  ["os.version", "OS.Version", true],
  ["σ", "ς", true],
  ["µ", "μ", true],
  ["ß", "ẞ", true],
  ["𐐀", "𐐨", true],
  ["i", "ı", false],
  ["i", "İ", false],
  ["ss", "ß", false],
  ["size", "sise", false],
  ["size", "size ", false],
  ["e\u0301", "é", false],
])("%p and %p are one key: %p", (one, other, same) => {
  expect(foldKey(one) === foldKey(other)).toBe(same);
});

/** Every code point, with those that upper or lower case lead to it. */
function* caseNeighbours(): Generator<[string, string]> {
  for (let point = 0; point <= 0x1ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const sign = String.fromCodePoint(point);
    for (const other of [sign.toUpperCase(), sign.toLowerCase(), foldKey(sign)]) {
      if (other !== sign && [...other].length === 1) yield [sign, other];
    }
  }
}

test("folds every sign as Unicode's simple case folding, which regular expressions use", () => {
  let pairs = 0;
  for (const [sign, other] of caseNeighbours()) {
    pairs++;
    const escaped = `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;
    const same = new RegExp(`^${escaped}$`, "iu").test(other);
    if ((foldKey(sign) === foldKey(other)) !== same) {
      expect(`${escaped} and ${other}`).toBe(same ? "folded together" : "kept apart");
    }
  }
  expect(pairs).toBeGreaterThan(2_000);
});
