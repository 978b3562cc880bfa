import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { codeOf } from "../suite.ts";
import { parseLimits, patternCovers, refuseWider } from "./limits.ts";

const known = new Set(["repository:pull", "repository:push"]);
const pull = ["repository:pull"];

function codeFor(work: () => unknown): Promise<string> {
  return codeOf(Promise.resolve().then(work));
}

describe("limits from outside", () => {
  test("come in one spelling", () => {
    const given = [{ actions: ["repository:pull", "repository:pull"], repositories: ["team/**"] }];
    expect(parseLimits(given, known)).toEqual([{ actions: pull, repositories: ["team/**"] }]);
    expect(parseLimits(null, known)).toBeNull();
    expect(parseLimits(undefined, known)).toBeNull();
    expect(parseLimits([{ actions: ["*"], repositories: ["**"] }], known)).toHaveLength(1);
  });

  const good = { actions: pull, repositories: ["team/**"] };
  test.each([
    ["an empty list", [], "limits"],
    ["a text", "all", "limits"],
    ["a number in the list", [1], "limits[0]"],
    ["an array in the list", [[]], "limits[0]"],
    ["another key", [{ ...good, administrator: true }], "limits[0]"],
    [
      "__proto__",
      [JSON.parse('{"actions":["*"],"repositories":["**"],"__proto__":{}}')],
      "limits[0]",
    ],
    ["no actions", [{ repositories: ["**"] }], "limits[0].actions"],
    ["empty actions", [good, { ...good, actions: [] }], "limits[1].actions"],
    ["an unknown action", [{ ...good, actions: ["user:delete"] }], "limits[0].actions[0]"],
    ["a pattern with a space", [{ ...good, repositories: ["a b"] }], "limits[0].repositories[0]"],
    [
      "a pattern in capitals",
      [{ ...good, repositories: ["ok", "TEAM/**"] }],
      "limits[0].repositories[1]",
    ],
    [
      "a pattern too long",
      [{ ...good, repositories: ["a".repeat(256)] }],
      "limits[0].repositories[0]",
    ],
    ["too many", Array.from({ length: 21 }, () => good), "limits"],
    [
      "too much together",
      Array.from({ length: 10 }, () => ({ ...good, repositories: ["a".repeat(250)] })),
      "limits[].repositories",
    ],
  ])("are refused for %s", (_, given, at) => {
    try {
      parseLimits(given, known);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "identity.limits_invalid", details: { at } });
    }
  });
});

/** A second way to say what a pattern matches: it becomes a regular expression. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .split(/(\*\*+|\*|\?)/)
    .map((piece) => {
      if (piece.startsWith("**")) return ".*";
      if (piece === "*") return "[^/]*";
      if (piece === "?") return "[^/]";
      return piece.replace(/[.\\]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}$`).test(text);
}

describe("a pattern covers another", () => {
  test.each([
    ["**", "team/**", true],
    ["**", "*", true],
    ["team/**", "team/app", true],
    ["team/**", "team/a/*/c?", true],
    ["team/*", "team/app", true],
    ["team/*", "team/a*", true],
    ["team/*", "team/**", false],
    ["team/*", "team/a/b", false],
    ["team/**", "teams/app", false],
    ["team/a?", "team/ab", true],
    ["team/a?", "team/a*", false],
    ["team/app", "team/*", false],
    ["*", "team/app", false],
    ["a**b", "a*b", true],
    ["a*b", "a**b", false],
    ["*a*", "bab", true],
  ])("%s, %s: %p", (wide, narrow, expected) => {
    expect(patternCovers(wide, narrow)).toBe(expected);
  });

  const symbol = fc.constantFrom("a", "b", "/", "*", "**", "?");
  const pattern = fc.array(symbol, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
  const text = fc
    .array(fc.constantFrom("a", "b", "/"), { maxLength: 7 })
    .map((parts) => parts.join(""));

  test("only when whatever the narrower matches, the wider does", () => {
    fc.assert(
      fc.property(pattern, pattern, fc.array(text, { maxLength: 30 }), (wide, narrow, texts) => {
        if (!patternCovers(wide, narrow)) return;
        for (const each of texts) {
          if (matches(narrow, each))
            expect([wide, narrow, each, matches(wide, each)]).toEqual([wide, narrow, each, true]);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test("every pattern covers itself, and a plain name is covered by what matches it", () => {
    fc.assert(
      fc.property(pattern, text, (one, name) => {
        expect(patternCovers(one, one)).toBe(true);
        expect(patternCovers(one, name)).toBe(matches(one, name));
      }),
      { numRuns: 2_000 },
    );
  });

  test("at a cost that hostile patterns cannot raise", () => {
    expect(patternCovers("*a".repeat(127), "a".repeat(255))).toBe(true);
    expect(patternCovers(`${"**a".repeat(80)}b`, "a".repeat(255))).toBe(false);
  });
});

describe("a token made with a token (A31)", () => {
  const own = [
    { actions: ["repository:pull"], repositories: ["team/**"] },
    { actions: ["*"], repositories: ["team/mine/*"] },
  ];
  test.each([
    ["the same", own, "none"],
    ["less", [{ actions: pull, repositories: ["team/app"] }], "none"],
    ["all on what is mine", [{ actions: ["*"], repositories: ["team/mine/app"] }], "none"],
    ["no limits at all", null, "identity.limits_wider"],
    [
      "another action",
      [{ actions: ["repository:push"], repositories: ["team/app"] }],
      "identity.limits_wider",
    ],
    ["all actions", [{ actions: ["*"], repositories: ["team/app"] }], "identity.limits_wider"],
    [
      "another place",
      [{ actions: pull, repositories: ["team/app", "other/app"] }],
      "identity.limits_wider",
    ],
  ])("%s: %#", async (_, wanted, code) => {
    expect(await codeFor(() => refuseWider(own, wanted))).toBe(code);
  });

  test("a credential without limits can give any", () => {
    refuseWider(null, null);
    refuseWider(null, own);
  });
});
