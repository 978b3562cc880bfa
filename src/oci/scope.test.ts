import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatScope, formatScopes, parseScope, parseScopes } from "./scope.ts";

describe("one scope", () => {
  test.each([
    ["repository:alpine:pull", "repository", "alpine", ["pull"]],
    ["repository:a/b/c:push,pull", "repository", "a/b/c", ["pull", "push"]],
    ["repository:a/b:pull,push", "repository", "a/b", ["pull", "push"]],
    ["repository:a/b:pull,pull", "repository", "a/b", ["pull"]],
    ["repository(plugin):a/b:pull", "repository", "a/b", ["pull"]],
    ["repository:a/b:*", "repository", "a/b", ["delete", "pull", "push"]],
    ["repository:a/b:*,pull", "repository", "a/b", ["delete", "pull", "push"]],
    ["repository:host.example:5000/a/b:pull", "repository", "host.example:5000/a/b", ["pull"]],
    ["repository:[::1]:5000/a:pull", "repository", "[::1]:5000/a", ["pull"]],
    ["registry:catalog:*", "registry", "catalog", ["*"]],
  ])("%s", (text, type, name, actions) => {
    expect(parseScope(text)).toEqual({ type, name, actions });
  });

  test.each([
    "",
    ":",
    "::",
    "repository",
    "repository:a/b",
    "repository::pull",
    ":a/b:pull",
    "repository:a/b:",
    "repository:a/b:pull,",
    "repository:a/b:,pull",
    "repository:a/b:PULL",
    "repository:a/b:pull push",
    "Repository:a/b:pull",
    "repository(:a/b:pull",
    "repository():a/b:pull",
    "repository(plugin:a/b:pull",
    "repository(a)(b):a/b:pull",
    'repository:a"b:pull',
    "repository:a\\b:pull",
    "repository:a\r\nb:pull",
    "repository:ä/b:pull",
    `repository:${"a".repeat(400)}:pull`,
    `repository:a/b:${"a".repeat(40)}`,
    `repository:a/b:${Array.from({ length: 30 }, (_, at) => "a".repeat(at + 1)).join(",")}`,
  ])("is ignored when it has another form: %j", (text) => {
    expect(parseScope(text)).toBeUndefined();
  });

  const word = fc.stringMatching(/^[a-z]{1,10}$/);
  const name = fc.stringMatching(/^[a-z0-9.:/_-]{1,60}$/);
  test("is read back as it was written", () => {
    fc.assert(
      fc.property(word, name, fc.uniqueArray(word, { minLength: 1, maxLength: 8 }), (t, n, a) => {
        const scope = { type: t, name: n, actions: [...a].sort() };
        expect(parseScope(formatScope(scope))).toEqual(scope);
      }),
    );
  });

  const hostile = fc.integer({ min: 0, max: 0x17f }).map((unit) => String.fromCharCode(unit));
  test("never holds what could end a header or a quoted string, whatever is read", () => {
    fc.assert(
      fc.property(fc.string({ unit: hostile, maxLength: 80 }), name, word, (junk, n, w) => {
        for (const text of [junk, `${w}:${n}${junk}:${w}`, `${w}${junk}:${n}:${w}`]) {
          const scope = parseScope(text);
          if (scope !== undefined) expect(formatScope(scope)).toMatch(/^[!#-[\]-~]+$/);
        }
      }),
    );
  });
});

describe("the scopes of a request", () => {
  test("come in several parameters, and in lists with spaces", () => {
    const read = parseScopes([
      "repository:a/b:pull repository:c/d:push",
      "registry:catalog:*",
      "  repository:a/b:push  nonsense ",
      "",
    ]);
    expect(formatScopes(read)).toBe(
      "repository:a/b:pull,push repository:c/d:push registry:catalog:*",
    );
  });

  test("are fifty at most (A63); the rest is left out, and no work is done on it", () => {
    const many = Array.from({ length: 5_000 }, (_, at) => `repository:a/${at}:pull`);
    for (const given of [many, [many.join(" ")]]) {
      const read = parseScopes(given);
      expect(read).toHaveLength(50);
      expect(read.at(-1)?.name).toBe("a/49");
    }
    // What is there already still grows.
    const [first] = parseScopes([...many, "repository:a/0:push"]);
    expect(first?.actions).toEqual(["pull", "push"]);
  });

  test("stay bounded however many actions are asked for on one thing", () => {
    const words = Array.from(
      { length: 400 },
      (_, at) => `a${"b".repeat(at % 20)}${"c".repeat(at / 20)}`,
    );
    const read = parseScopes(words.map((word) => `repository:a/b:${word.slice(0, 32)}`));
    expect(read[0]?.actions.length).toBeLessThanOrEqual(16);
  });

  test("one thing is there once", () => {
    const scope = fc.constantFrom("repository:a/b:pull", "repository:a/b:push", "repository:c/d:*");
    fc.assert(
      fc.property(fc.array(scope), (all) => {
        const read = parseScopes(all);
        expect(new Set(read.map((each) => each.name)).size).toBe(read.length);
        expect(parseScopes([formatScopes(read)])).toEqual(read);
      }),
    );
  });
});
