import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { momentOf, momentText } from "./moment.ts";

describe("a moment", () => {
  test.each([
    ["2031-01-31", Date.UTC(2031, 0, 31)],
    ["2031-01-31T18:00Z", Date.UTC(2031, 0, 31, 18)],
    ["2031-01-31T18:00:05.25+02:00", Date.UTC(2031, 0, 31, 16, 0, 5, 250)],
    ["2031-02-31", undefined],
    ["2031-13-01", undefined],
    ["2031-01-31T18:00", undefined],
    ["2031-01-31T25:00Z", undefined],
    ["90d", undefined],
    ["", undefined],
  ])("%s is %p", (text, expected) => {
    expect(momentOf(text)).toBe(expected);
  });

  test("is written so that it is read as the same", () => {
    const time = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
    const day = fc.integer({ min: 0, max: 40_000 }).map((days) => days * 86_400_000);
    fc.assert(
      fc.property(fc.oneof(time, day), (at) => {
        expect(momentOf(momentText(at))).toBe(at);
      }),
    );
  });
});
