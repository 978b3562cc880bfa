import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { nextLink, parsePage } from "./page.ts";

const limits = { fallback: 1_000, most: 5_000 };

describe("parsePage", () => {
  test.each([
    [null, null, { n: 1_000, last: undefined, asked: false }],
    [null, "v1", { n: 1_000, last: "v1", asked: false }],
    ["0", null, { n: 0, last: undefined, asked: true }],
    ["7", "", { n: 7, last: undefined, asked: true }],
    ["007", "team/app", { n: 7, last: "team/app", asked: true }],
    ["5000", null, { n: 5_000, last: undefined, asked: true }],
    ["5001", null, { n: 5_000, last: undefined, asked: true }],
    ["9".repeat(400), null, { n: 5_000, last: undefined, asked: true }],
  ])("n=%p last=%p", (n, last, expected) => {
    expect(parsePage(n, last, limits)).toEqual(expected);
  });

  test.each([
    "",
    "-1",
    "+5",
    "1e3",
    "1.0",
    "0x10",
    "ten",
    " 5",
    "5 ",
    "٥",
    "NaN",
    "Infinity",
    "-0",
  ])("n=%p is no number", (n) => {
    expect(() => parsePage(n, null, limits)).toThrow(
      expect.objectContaining({ code: "page.number_invalid", status: 400 }),
    );
  });

  test.each(["a b", "a\0", "é", "\ud800", "a\n", "x".repeat(513)])(
    "last=%p is in no list",
    (last) => {
      expect(() => parsePage("1", last, limits)).toThrow(
        expect.objectContaining({ code: "page.last_invalid", status: 400 }),
      );
    },
  );
});

describe("nextLink", () => {
  test.each([
    ["/v2/a/b/tags/list", { n: "2", last: "v1" }, '</v2/a/b/tags/list?n=2&last=v1>; rel="next"'],
    [
      `/v2/a/referrers/sha256:${"a".repeat(64)}`,
      { artifactType: "a/b+c", last: "sha256:x" },
      `</v2/a/referrers/sha256:${"a".repeat(64)}?artifactType=a%2Fb%2Bc&last=sha256%3Ax>; rel="next"`,
    ],
    [
      '/v2/">\r\nX: y',
      { last: '">\r\n' },
      '</v2/%22%3E%0D%0AX:%20y?last=%22%3E%0D%0A>; rel="next"',
    ],
    ["/a?b#c%2F", {}, '</a%3Fb%23c%252F?>; rel="next"'],
  ])("%p", (path, params, link) => {
    expect(nextLink(path, params)).toBe(link);
  });

  test("a list of pairs keeps its order and its repetitions", () => {
    const pairs = [
      ["artifactType", "a/b"],
      ["artifactType", "c/d"],
      ["last", "x"],
    ] as const;
    expect(nextLink("/v2/a", pairs)).toBe(
      '</v2/a?artifactType=a%2Fb&artifactType=c%2Fd&last=x>; rel="next"',
    );
  });

  test("brings every parameter and path back, and can hold no header of its own", () => {
    const params = fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }));
    const component = fc
      .string({ unit: "grapheme", minLength: 1 })
      // A URL has no room for these: they mean where one is, and where one was.
      .filter((text) => !text.split("/").some((each) => each === "." || each === ".."));
    fc.assert(
      fc.property(component, params, (name, given) => {
        const link = nextLink(`/v2/x${name}`, given);
        const target =
          /^<([\x21-\x3b\x3d\x3f-\x7e]*)>; rel="next"$/.exec(link)?.[1] ?? "unreadable";
        const url = new URL(target, "http://registry.example");
        expect(Object.fromEntries(url.searchParams)).toEqual({ ...given });
        expect(decodeURIComponent(url.pathname)).toBe(`/v2/x${name}`);
      }),
    );
  });
});
