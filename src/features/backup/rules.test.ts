import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { newId } from "../../kernel/ids.ts";
import {
  beyondKeep,
  decodeRow,
  encodeRow,
  isKept,
  isLate,
  isSnapshotId,
  type Value,
} from "./rules.ts";

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", "\u2028\n\r\0", '{"b":"AA=="}', "null"),
  fc.maxSafeInteger(),
  fc.constant(null),
  fc.uint8Array(),
);

describe("a row as a line", () => {
  test("comes back as it was, on one line", () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), (row) => {
        const line = encodeRow(row);
        expect(line).not.toContain("\n");
        expect(decodeRow(line, row.length)).toEqual(row);
      }),
    );
  });

  test.each([
    ["no JSON", "x"],
    ["no list", "{}"],
    ["too few", "[1]"],
    ["too many", "[1,2,3]"],
    ["a fraction", "[1,1.5]"],
    ["a number beyond 2^53", "[1,9007199254740993]"],
    ["a truth", "[1,true]"],
    ["another object", '[1,{"c":"x"}]'],
    ["a list", "[1,[]]"],
  ])("with %s is refused", (_, line) => {
    expect(() => decodeRow(line, 2)).toThrow(SyntaxError);
  });
});

describe("ids", () => {
  test("are told from everything else", () => {
    expect(isSnapshotId(newId())).toBe(true);
    for (const text of ["", "..", `${newId()}/..`, newId().toUpperCase(), `${newId()}.new`]) {
      expect(isSnapshotId(text)).toBe(false);
    }
  });

  test("beyond the newest are those that go", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 })),
        fc.integer({ min: 1, max: 9 }),
        (ids, keep) => {
          const gone = beyondKeep(
            ids.map((id) => ({ id, isWhole: true })),
            keep,
          );
          const kept = ids.filter((id) => !gone.includes(id));
          expect(kept).toHaveLength(Math.min(keep, ids.length));
          for (const id of kept) for (const old of gone) expect(old < id).toBe(true);
        },
      ),
    );
  });

  test("whole ones stay however many that lack something come after them", () => {
    const made = fc.array(fc.boolean(), { maxLength: 30 });
    fc.assert(
      fc.property(made, fc.integer({ min: 1, max: 9 }), (whole, keep) => {
        const all = whole.map((isWhole, at) => ({ id: String(at).padStart(2, "0"), isWhole }));
        const gone = beyondKeep(all, keep);
        const kept = all.filter(({ id }) => !gone.includes(id));
        const wholeOnes = all.filter(({ isWhole }) => isWhole).slice(-keep);
        expect(kept.filter(({ isWhole }) => isWhole)).toEqual(wholeOnes);
        const since = wholeOnes.length === keep ? (wholeOnes[0]?.id ?? "") : "";
        const lacking = all.filter(({ id, isWhole }) => !isWhole && id > since).slice(-keep);
        expect(kept.filter(({ isWhole }) => !isWhole)).toEqual(lacking);
      }),
    );
  });
});

test("what is derived or momentary is left out, and the mark of a search index with it", () => {
  const columns = ["name", "value"];
  expect(isKept("settings", columns, ["search.version", "3"])).toBe(false);
  expect(isKept("settings", columns, ["insight.version", "3"])).toBe(true);
  expect(isKept("tags", columns, ["search.version", "3"])).toBe(true);
  expect(isKept("search_terms", columns, ["a", "b"])).toBe(false);
  expect(isKept("uploads", columns, ["a", "b"])).toBe(false);
});

test("a backup is late when its time has come and there was time to make it", () => {
  const HOUR = 3_600_000;
  const daily = (after: number) => (Math.floor(after / (24 * HOUR)) + 1) * 24 * HOUR;
  expect(isLate(null, daily, 0)).toBe(true);
  expect(isLate(23 * HOUR, daily, 25 * HOUR)).toBe(false);
  expect(isLate(23 * HOUR, daily, 31 * HOUR)).toBe(true);
  expect(isLate(23 * HOUR, () => null, 1_000 * HOUR)).toBe(false);
});
