import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compileGlob, MOST_GLOB, MOST_GLOB_TEXT, parseGlob } from "./glob.ts";

/** What the grammar says, word for word, with no thought for speed. */
function naive(pattern: string, text: string, atStart = true): boolean {
  if (pattern === "") return text === "";
  const stars = /^\*+/.exec(pattern)?.[0].length ?? 0;
  if (stars > 1 && atStart && pattern[stars] === "/") {
    const rest = pattern.slice(stars + 1);
    if (naive(rest, text, true)) return true;
    const ends = [...text.matchAll(/\//g)].map(({ index }) => index + 1);
    return ends.some((end) => naive(rest, text.slice(end), true));
  }
  if (stars > 0) {
    const rest = pattern.slice(stars);
    for (let taken = 0; taken <= text.length; taken++) {
      if (stars === 1 && text.slice(0, taken).includes("/")) break;
      if (naive(rest, text.slice(taken), false)) return true;
    }
    return false;
  }
  if (text === "") return false;
  const first = pattern.charAt(0);
  const fits = first === "?" ? text[0] !== "/" : first === text[0];
  return fits && naive(pattern.slice(1), text.slice(1), first === "/");
}

const patterns = fc
  .array(fc.constantFrom("a", "b", "/", "*", "**", "**/", "?", "/**", "."), { maxLength: 7 })
  .map((parts) => parts.join(""))
  .filter((text) => text !== "");
const texts = fc
  .array(fc.constantFrom("a", "b", "/", "."), { maxLength: 9 })
  .map((parts) => parts.join(""));

describe("globs", () => {
  test.each([
    ["**", "", true],
    ["**", "a/b", true],
    ["*", "a/b", false],
    ["*", "", true],
    ["team/**", "team/a/b", true],
    ["team/**", "team", false],
    ["team-*/**", "team-a/x", true],
    ["**/app", "app", true],
    ["**/app", "x/y/app", true],
    ["**/app", "x/yapp", false],
    ["a/**/b", "a/b", true],
    ["a/**/b", "a/x/y/b", true],
    ["a**b", "a/x/b", true],
    ["v?.*", "v1.20", true],
    ["v?", "v/", false],
    ["a.c", "abc", false],
    ["[ab]", "a", false],
    ["release-*", "release-", true],
    ["x***y", "x/1/y", true],
  ])("%s and %s: %p", (pattern, text, expected) => {
    expect(compileGlob(pattern).test(text)).toBe(expected);
  });

  test("match what their grammar says", () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect(compileGlob(pattern).test(text)).toBe(naive(pattern, text));
      }),
      { numRuns: 20_000 },
    );
  });

  test("a hostile pattern over a hostile text comes to an end (A62)", () => {
    const stars = "*a".repeat(MOST_GLOB / 2);
    expect(compileGlob(stars).test("a".repeat(MOST_GLOB_TEXT - 1))).toBe(true);
    expect(compileGlob(`${"**/".repeat(80)}b`).test("a/".repeat(500))).toBe(false);
    expect(compileGlob(`${"*?".repeat(100)}b`).test(`${"a".repeat(1_000)}`)).toBe(false);
  });

  test("what is too long matches nothing", () => {
    expect(compileGlob("**").test("a".repeat(MOST_GLOB_TEXT + 1))).toBe(false);
    expect(compileGlob("*".repeat(MOST_GLOB + 1)).test("a")).toBe(false);
  });

  test.each(["", "a\nb", "a\u0000", "*".repeat(MOST_GLOB + 1)])(
    "%j cannot be a pattern",
    (text) => {
      expect(() => parseGlob(text)).toThrow(expect.objectContaining({ code: "glob.invalid" }));
    },
  );
});
