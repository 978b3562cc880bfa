import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parse } from "yaml";
import { paintFor, recordText } from "./output.ts";
import { jsonText, printable, yamlText } from "./printable.ts";
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

  test("means the same as YAML", () => {
    expect(yamlText({ a: "\u009b31m\u202e\n", b: "yes" })).toBe(
      'a: "\\u009b31m\\u202e\\n"\nb: "yes"\n',
    );
    const key = fc.string({ unit: "binary", maxLength: 8 });
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), key, (value, text, name) => {
        const whole = { value, text: text.toWellFormed(), [`k${name.toWellFormed()}`]: 1 };
        const yaml = yamlText(whole);
        expect(obeyed.test(yaml.replaceAll("\n", ""))).toBe(false);
        expect(parse(yaml, { version: "1.2" })).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
    );
  });
});

describe("output", () => {
  test("has colours at a terminal that shows them, where nobody wants none", () => {
    expect(paintFor(true, {})("x", "bad")).toBe("\u001b[31mx\u001b[0m");
    expect(paintFor(true, {})("x", undefined)).toBe("x");
    for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
      expect(paintFor(true, env)("x", "bad")).toBe("x");
    }
    expect(paintFor(false, {})("x", "bad")).toBe("x");
  });

  test("of several things is a line of JSON or a document of YAML for each", () => {
    expect(recordText({ a: [1] }, "json")).toBe('{"a":[1]}\n');
    expect(recordText({ a: [1] }, "yaml")).toBe("---\na:\n  - 1\n");
  });

  test("is aligned under its colours too", () => {
    const columns = [
      { title: same("Name"), of: (text: string) => text, tone: () => "bad" as const },
      { title: same("x"), of: () => 1 },
    ];
    const text = table(["a"], columns, "en", paintFor(true, {}));
    expect(text).toBe("\u001b[1mNAME\u001b[0m  \u001b[1mX\u001b[0m\n\u001b[31ma\u001b[0m     1\n");
  });
});
