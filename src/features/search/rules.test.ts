import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { termsOfField, textsOfArtifact } from "./rules-texts.ts";
import { firstMatch, fold, termsOf, wordsOf } from "./rules-words.ts";

const texts = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 400 }),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.stringMatching(/^[a-z0-9]+([._/-][a-z0-9]+){0,12}$/),
);

describe("where words begin", () => {
  test.each([
    ["team/web-api", ["team/web-api", "web-api", "api"]],
    ["v1.27.3-Alpine", ["v1.27.3-alpine", "1.27.3-alpine", "27.3-alpine", "3-alpine", "alpine"]],
    // A hash is one word, wherever it lies.
    ["main-9fce3a1b77", ["main-9fce3a1b77", "9fce3a1b77"]],
    ["nginx2", ["nginx2", "2"]],
    ["镜像web", ["镜像web", "像web", "web"]],
    ["Zu\u0308rich", ["z\u00fcrich"]],
    ["", [""]],
  ])("%s", (text, terms) => {
    expect(termsOf(text)).toEqual(terms);
  });

  test("a text is found by its beginning, and by each run of letters in it", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const terms = termsOf(text);
        expect(terms.length).toBeLessThanOrEqual(12);
        for (const term of terms) {
          expect(term.length).toBeLessThanOrEqual(64);
          expect(term.isWellFormed() || !text.isWellFormed()).toBe(true);
          expect(firstMatch(term, terms)).toBeDefined();
        }
        expect(fold(text).startsWith(terms[0] ?? "")).toBe(true);
      }),
    );
  });

  test("of key=value the key is found as a whole, and the words of the value", () => {
    const text = "org.example.vendor=Acme Tools";
    const terms = termsOfField({ field: "label", text });
    expect(terms).toEqual(["org.example.vendor=acme tools", "acme tools", "tools"]);
    // A date is not taken apart.
    const date = termsOfField({ field: "annotation", text: "created=2026-01-02T03:04:05Z" });
    expect(date).toEqual(["created=2026-01-02t03:04:05z", "2026-01-02t03:04:05z"]);
  });
});

describe("the words of a query", () => {
  test.each([
    ["  web   API ", ["web", "api"]],
    ["team/web:1.27", ["team/web", "1.27"]],
    ["team/web@sha256:abcdef", ["team/web", "sha256:abcdef"]],
    ["sha256:abcdef", ["sha256:abcdef"]],
    ["vendor=acme", ["vendor=acme"]],
    ["https://git.example/a", ["https://git.example/a"]],
    ["--- :: /", []],
    ["/api", ["api"]],
    ["a a A", ["a"]],
  ])("%s", (query, words) => {
    expect(wordsOf(query)).toEqual(words);
  });

  test("there are few of them, whatever is asked", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (query) => {
        const words = wordsOf(query);
        expect(words.length).toBeLessThanOrEqual(6);
        for (const word of words) expect(word.length).toBeLessThanOrEqual(128);
      }),
    );
  });
});

test("what an artifact is found by is bounded, and nothing that an engine cannot keep (A63)", () => {
  const values = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), { maxKeys: 100 });
  fc.assert(
    fc.property(values, values, (annotations, labels) => {
      const found = textsOfArtifact({ mediaType: "a/b", artifactType: null, annotations, labels });
      expect(found.length).toBeLessThanOrEqual(129);
      for (const { text } of found) {
        expect(text.length).toBeLessThanOrEqual(256);
        expect(text).not.toContain("\0");
        expect(text.isWellFormed()).toBe(true);
      }
    }),
  );
});
