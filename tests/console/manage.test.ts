import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { listSearch } from "../../console/src/manage/list/list-search.ts";
import { sorted } from "../../console/src/manage/list/sorting.ts";
import { fromLocal, toLocal } from "../../console/src/manage/local-time.ts";
import { filled } from "../../console/src/manage/trust/template-text.ts";

describe("the state of a list in the address", () => {
  test("is short texts under plain names, whatever a link holds", () => {
    const given = { name: "a", limit: 3, isOn: true, "a-b": "x", none: "", deep: { a: 1 } };
    expect(listSearch({ ...given, long: "x".repeat(600) })).toEqual({
      name: "a",
      limit: "3",
      isOn: "true",
    });
  });

  test("stays what it is when it is read again", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (search) => {
        const once = listSearch(search);
        expect(listSearch(once)).toEqual(once);
      }),
    );
  });
});

describe("rows that the server does not sort", () => {
  const columns = [
    { id: "name", order: (row: Row) => row.name },
    { id: "size", order: (row: Row) => row.size },
    { id: "other" },
  ];
  interface Row {
    readonly name: string;
    readonly size: number;
  }
  const rows: Row[] = [
    { name: "b", size: 10 },
    { name: "a", size: 9 },
    { name: "c", size: 100 },
  ];
  const names = (sort: string | undefined) => sorted(rows, columns, sort).map(({ name }) => name);

  test("are sorted by words or by figures, up or down", () => {
    expect(names("name")).toEqual(["a", "b", "c"]);
    expect(names("-name")).toEqual(["c", "b", "a"]);
    expect(names("size")).toEqual(["a", "b", "c"]);
    expect(names("-size")).toEqual(["c", "b", "a"]);
  });

  test("stay as they came for everything else", () => {
    for (const sort of [undefined, "", "other", "-other", "none"]) {
      expect(names(sort)).toEqual(["b", "a", "c"]);
    }
  });
});

test("a local time says the same minute when it is read again", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (at) => {
      const minute = at - (at % 60_000);
      // An hour that a change of the clock repeats is one of the two.
      const again = fromLocal(toLocal(minute)) ?? Number.NaN;
      expect(Math.abs(again - minute) % 1_800_000).toBe(0);
    }),
  );
  expect(toLocal(null)).toBe("");
  expect(fromLocal("")).toBeNull();
});

test("a template's blanks are filled with what was typed, as text", () => {
  const text = "repo:{owner}/{repository}:{branch}";
  expect(filled(text, { owner: "$&", repository: "a{b}", branch: "" })).toBe(
    "repo:$&/a{b}:{branch}",
  );
  expect(filled(text, {})).toBe(text);
});
