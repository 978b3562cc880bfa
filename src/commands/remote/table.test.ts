import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { jsonText, printable } from "./printable.ts";
import { cellText, lines, table, widthOf } from "./table.ts";

const same = (text: string) => ({ en: text, zh: text });

describe("a table", () => {
  test("is aligned where characters take two places", () => {
    const columns = [
      { title: { en: "Name", zh: "名称" }, of: ({ name }: { name: string }) => name },
      { title: same("x"), of: () => true },
    ];
    const items = [{ name: "ada" }, { name: "艾达" }, { name: "e\u0301" }];
    expect(table(items, columns, "en")).toBe("NAME  X\nada   yes\n艾达  yes\ne\u0301     yes\n");
    expect(table(items, columns, "zh")).toBe("名称  X\nada   是\n艾达  是\ne\u0301     是\n");
  });

  test("of one thing has a line for each column", () => {
    const columns = [
      { title: same("A"), of: () => null },
      { title: same("Long"), of: () => ["x", "y"] },
    ];
    expect(lines({}, columns, "en")).toBe("A     -\nLong  x, y\n");
  });

  test.each([
    [null, "-"],
    [undefined, "-"],
    ["", "-"],
    [[], "-"],
    [0, "0"],
    [false, "no"],
    ["a\u001b[31mb\nc\u202e", "a\\u001b[31mb\\u000ac\\u202e"],
  ])("shows %j as %s", (cell, text) => {
    expect(cellText(cell, "en")).toBe(text);
  });

  test("counts places as terminals do", () => {
    const letter = fc.constantFrom(..."aZ0-é\u0301中文，。！あア한글ｆ／€→", "𠀀", "😀");
    fc.assert(
      fc.property(fc.array(letter), (letters) => {
        // Letter by letter: what a mark stands upon makes no difference here.
        const counted = letters.reduce((sum, each) => sum + Bun.stringWidth(each), 0);
        expect(widthOf(letters.join(""))).toBe(counted);
      }),
    );
  });
});

describe("what others wrote", () => {
  const obeyed = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

  test("has nothing left that a terminal obeys", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(obeyed.test(printable(text))).toBe(false);
      }),
    );
    expect(printable("\ud800x")).toBe("\ufffdx");
    expect(printable("中文 a-b")).toBe("中文 a-b");
  });

  test("means the same as JSON", () => {
    expect(jsonText("\u009b31m\u202e\n")).toBe('"\\u009b31m\\u202e\\n"\n');
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), (value, text) => {
        const json = jsonText({ value, text });
        expect(obeyed.test(json.replaceAll("\n", ""))).toBe(false);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })));
      }),
    );
  });
});
