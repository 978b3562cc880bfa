import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isTame, lowerHeadings, webAddress } from "../../console/src/markdown/rules.ts";
import { treeOf } from "../../console/src/markdown/tree.ts";

describe("links of a README", () => {
  test("lead to the web", () => {
    expect(webAddress("https://example.test/a?b#c")).toBe("https://example.test/a?b#c");
    expect(webAddress("HTTP://example.test")).toBe("HTTP://example.test");
  });

  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "//example.test",
    "/api/v1/session",
    "docs/a.md",
    "#a",
    "https://",
    " https://example.test",
    undefined,
  ])("and nowhere else: %s", (href) => {
    expect(webAddress(href)).toBeUndefined();
  });
});

describe("headings of a README", () => {
  const level = fc.integer({ min: 1, max: 6 });
  const heading = (depth: number) => ({ type: "element", tagName: `h${depth}`, children: [] });
  const levels = (said: readonly number[]) => {
    const children = said.map(heading);
    lowerHeadings({ type: "root", children: [{ type: "element", tagName: "div", children }] });
    return children.map(({ tagName }) => Number(tagName.slice(1)));
  };

  test("keep their order", () => {
    expect(levels([1, 2, 3, 2, 1])).toEqual([3, 4, 5, 4, 3]);
    expect(levels([2, 4, 4, 1])).toEqual([3, 4, 4, 3]);
  });

  test("stand below the page's own, and leave no level out", () => {
    fc.assert(
      fc.property(fc.array(level), (said) => {
        const made = levels(said);
        for (const [at, depth] of made.entries()) {
          expect(depth).toBeGreaterThanOrEqual(3);
          expect(depth).toBeLessThanOrEqual(Math.min((made[at - 1] ?? 2) + 1, 6));
        }
      }),
    );
  });
});

describe("what is read as Markdown", () => {
  test("is what people write", () => {
    expect(
      isTame("# A title\n\n| a | b |\n|---|---|\n\n> - **bold** [link](https://a.test)\n"),
    ).toBe(true);
    expect(isTame(`${"-".repeat(80)}\n${"=".repeat(80)}\n${"*".repeat(80)}`)).toBe(true);
  });

  test("is no table that a few letters blow up", () => {
    const table = `${"|a".repeat(9_000)}\n${"|-".repeat(9_000)}\n${"a\n".repeat(9_000)}`;
    expect(isTame(table)).toBe(false);
    expect(isTame("word\n".repeat(19_000))).toBe(true);
  });

  test("and no book", () => {
    expect(isTame("word ".repeat(100_000))).toBe(false);
  });

  test("becomes nothing that does anything", () => {
    const tree = JSON.stringify(
      treeOf(
        `# T <script>a()</script>

<img src="https://a.test/b"> ![words](https://a.test/c) [x](javascript:d)

<form action="https://a.test/e"><input name="f"></form>
`,
        "Footnotes",
      ),
    );
    expect(tree).toContain("words");
    for (const bad of ["script", "src", "https://a.test", "form", "javascript"]) {
      expect([bad, tree.includes(bad)]).toEqual([bad, false]);
    }
  });

  test("becomes no tree that is too large or too deep to be drawn", () => {
    expect(treeOf("- a\n".repeat(10_000), "")).toBeUndefined();
    const deep = Array.from({ length: 110 }, (_, depth) => `${"  ".repeat(depth)}- a`);
    expect(treeOf(deep.join("\n"), "")).toBeUndefined();
  });
});
