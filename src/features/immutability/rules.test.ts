import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../kernel/errors/catalogue.ts";
import type { ImmutabilityTerms } from "./rule.ts";
import { checkTerms, judgeOf, pathIn } from "./rules.ts";

const sign = fc.constantFrom("a", "b", "1", "-", ".");
const word = fc.array(sign, { minLength: 1, maxLength: 4 }).map((signs) => signs.join(""));
/** A pattern, and how a reader understands it. */
const pattern = fc
  .array(fc.constantFrom("a", "b", "1", "-", ".", "*", "?"), { minLength: 1, maxLength: 4 })
  .map((signs) => signs.join(""));

function means(glob: string, text: string): boolean {
  const source = glob
    .replace(/\*+/g, "*")
    .split("")
    .map((each) => (each === "*" ? "[^/]*" : each === "?" ? "[^/]" : each.replace(/\W/, "\\$&")));
  return new RegExp(`^${source.join("")}$`, "s").test(text);
}

const rules = fc.array(
  fc.record({
    name: word,
    repositories: pattern,
    tags: pattern,
    exceptTags: fc.array(pattern, { maxLength: 3 }),
  }),
  { maxLength: 4 },
);

describe("which tags are immutable", () => {
  test("those that some rule covers and that very rule does not except", () => {
    fc.assert(
      fc.property(rules, word, word, (list, repository, tag) => {
        const judged = judgeOf(list)(`team/${repository}`, tag) !== undefined;
        const expected = list.some(
          (rule) =>
            // `**` in a pattern reaches further, over signs that these texts do not have.
            means(rule.repositories, repository) &&
            means(rule.tags, tag) &&
            !rule.exceptTags.some((each) => means(each, tag)),
        );
        expect(judged).toBe(expected);
      }),
    );
  });

  test("no name is exempt", () => {
    const all: ImmutabilityTerms = { name: "all", repositories: "**", tags: "*", exceptTags: [] };
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/), (tag) => {
        expect(judgeOf([all])("team/deep/path/app", tag)).toBe("all");
      }),
    );
    expect(judgeOf([all])("team/app", "latest")).toBe("all");
  });

  test("the exceptions of one rule do not weaken another", () => {
    const terms = { repositories: "**", tags: "*", exceptTags: ["*-rc"] };
    const judge = judgeOf([
      { name: "most", ...terms },
      { name: "rc", ...terms, tags: "1*", exceptTags: [] },
    ]);
    expect(judge("team/app", "2-rc")).toBeUndefined();
    expect(judge("team/app", "1-rc")).toBe("rc");
  });
});

describe("what a person writes", () => {
  const good: ImmutabilityTerms = { name: "r", repositories: "**", tags: "*", exceptTags: [] };
  test.each([
    [{ name: "" }, "immutability.field_invalid"],
    [{ name: "x".repeat(65) }, "immutability.field_invalid"],
    [{ name: "a\u202eb" }, "immutability.field_invalid"],
    [{ tags: "" }, "glob.invalid"],
    [{ repositories: "x".repeat(257) }, "glob.invalid"],
    [{ exceptTags: ["\n"] }, "glob.invalid"],
    [{ exceptTags: Array.from({ length: 21 }, (_, at) => `v${at}`) }, "immutability.field_invalid"],
  ])("%j is refused", (change, code) => {
    try {
      checkTerms({ ...good, ...change });
    } catch (error) {
      expect(error instanceof Failure && error.code).toBe(code as never);
      return;
    }
    throw new Error("it was taken");
  });

  test("any text at all is taken or refused by name, and never a fault", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.array(fc.string()), (name, tags, exceptTags) => {
        try {
          checkTerms({ ...good, name, tags, exceptTags });
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
    );
  });
});

test("the path inside the project", () => {
  expect(pathIn("team/app")).toBe("app");
  expect(pathIn("team/deep/app")).toBe("deep/app");
});
