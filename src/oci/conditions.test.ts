import { expect, test } from "bun:test";
import fc from "fast-check";
import { etagsOf, matchesEtag } from "./conditions.ts";

const A = `sha256:${"a".repeat(64)}`;
const B = `sha256:${"b".repeat(64)}`;

test.each([
  [null, false],
  ["", false],
  ["*", true],
  [" * ", true],
  [`"${A}"`, true],
  [A, true],
  [`W/"${A}"`, true],
  [`"${B}", "${A}"`, true],
  [`"${B}",W/"${A}"`, true],
  [`${B},${A}`, true],
  [`, ,"${A}",`, true],
  [`"${B}"`, false],
  [`"${B}, ${A}"`, false],
  [`"x,${A},y"`, false],
  [`"${A}`, false],
  [`"${A}x"`, false],
  [`"${A.toUpperCase()}"`, false],
  [`"*"`, false],
  [`"${B}" "${A}`, false],
])("%p: %p", (header, matches) => {
  expect(matchesEtag(header, A)).toBe(matches);
});

test("finds the digest in every list that holds it, and in no other", () => {
  const etag = fc.constantFrom(A, B, "x", "a,b", "W/");
  const entry = fc.tuple(fc.constantFrom("", "W/"), etag);
  fc.assert(
    fc.property(fc.array(entry), fc.constantFrom(",", ", ", " ,\t"), (entries, comma) => {
      const header = entries.map(([weak, text]) => `${weak}"${text}"`).join(comma);
      expect(matchesEtag(header, A)).toBe(entries.some(([, text]) => text === A));
    }),
  );
});

test.each([
  ["*", ["*"]],
  [" * ", ["*"]],
  [`"${A}"`, [A]],
  [A, [A]],
  [`"${A}", ${B}`, [A, B]],
  [`W/"${A}","${B}"`, [B]],
  [`"*"`, []],
  [`"${A}", *`, [A]],
  [`"a,b"`, ["a,b"]],
  ["", []],
])("If-Match: %p names %p", (header, etags) => {
  expect(etagsOf(header)).toEqual(etags);
});
