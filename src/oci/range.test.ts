import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  contentRange,
  parseContentRange,
  parseRange,
  unsatisfiedRange,
  uploadRange,
} from "./range.ts";

const whole = { kind: "whole" };
const unsatisfiable = { kind: "unsatisfiable" };
const slice = (start: number, end: number) => ({ kind: "slice", start, end });

describe("parseRange", () => {
  test.each([
    [null, 1_000, whole],
    ["", 1_000, whole],
    ["bytes=0-0", 1_000, slice(0, 0)],
    ["bytes=500-1499", 2_048, slice(500, 1_499)],
    ["bytes=500-", 2_048, slice(500, 2_047)],
    ["bytes=-500", 2_048, slice(1_548, 2_047)],
    ["bytes=2000-5000", 2_048, slice(2_000, 2_047)],
    ["bytes=-5000", 2_048, slice(0, 2_047)],
    ["bytes=0-99999999999999999999999", 10, slice(0, 9)],
    ["BYTES= 1-2 ", 10, slice(1, 2)],
    ["bytes=5000-10000", 2_048, unsatisfiable],
    ["bytes=500-0", 2_048, unsatisfiable],
    ["bytes=10-", 10, unsatisfiable],
    ["bytes=99999999999999999999999-", 10, unsatisfiable],
    ["bytes=-0", 10, unsatisfiable],
    ["bytes=0-", 0, unsatisfiable],
    ["bytes=-5", 0, whole],
    ["bytes=-", 10, whole],
    ["bytes=a-b", 10, whole],
    ["bytes=1-2,4-5", 10, whole],
    ["bytes=1-2,", 10, whole],
    ["bytes 1-2", 10, whole],
    ["bytes=1 - 2", 10, whole],
    ["bytes=1-2-3", 10, whole],
    ["bytes=0x1-2", 10, whole],
    ["bytes=+1-2", 10, whole],
    ["bytes=١-٢", 10, whole],
    ["items=1-2", 10, whole],
  ])("%p of %p bytes", (header, size, expected) => {
    expect(parseRange(header, size)).toEqual(expected as ReturnType<typeof parseRange>);
  });

  test("selects exactly the bytes that the RFC's words select", () => {
    const position = fc.option(fc.nat(12), { nil: undefined });
    fc.assert(
      fc.property(fc.nat(10), position, position, (size, first, last) => {
        fc.pre(first !== undefined || last !== undefined);
        const all = Array.from({ length: size }, (_, at) => at);
        const wanted = all.filter((at) =>
          first === undefined
            ? at >= size - (last ?? 0)
            : at >= first && at <= (last ?? Number.POSITIVE_INFINITY),
        );
        const range = parseRange(`bytes=${first ?? ""}-${last ?? ""}`, size);
        const got =
          range.kind === "slice"
            ? all.slice(range.start, range.end + 1)
            : range.kind === "whole"
              ? all
              : [];
        expect(got).toEqual(wanted);
        // An empty slice cannot be written as a Content-Range.
        if (range.kind === "slice") expect(range.end).toBeGreaterThanOrEqual(range.start);
      }),
      { numRuns: 2_000 },
    );
  });

  test("never throws and never leaves the body", () => {
    const near = fc.string({ unit: fc.constantFrom(..."bytes=-,0123 "), maxLength: 20 });
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), fc.nat(100), (header, size) => {
        const range = parseRange(`bytes=${header}`, size);
        if (range.kind !== "slice") return;
        expect(range.start >= 0 && range.start <= range.end && range.end < size).toBe(true);
      }),
    );
  });
});

describe("parseContentRange", () => {
  test.each([
    ["0-0", 0, 0],
    ["5-9", 5, 9],
    [" 5-9 ", 5, 9],
    ["bytes 5-9/10", 5, 9],
    ["bytes 5-9/*", 5, 9],
    ["5-9/10", 5, 9],
    ["0-9007199254740991", 0, 9_007_199_254_740_991],
  ])("reads %p", (header, start, end) => {
    expect(parseContentRange(header)).toEqual({ start, end });
  });

  test.each([
    "",
    "-",
    "5-",
    "-5",
    "a-b",
    "0--1",
    "bytes=5-9",
    "bytes */10",
    "5-9,10-11",
    "1e3-2e3",
    "5-9/x",
  ])("%p cannot be read", (header) => {
    expect(() => parseContentRange(header)).toThrow(
      expect.objectContaining({ code: "upload.range_malformed", status: 400 }),
    );
  });

  test.each(["9-5", "0-9007199254740992", "bytes 0-10/10", `0-${"9".repeat(400)}`])(
    "%p holds nothing",
    (header) => {
      expect(() => parseContentRange(header)).toThrow(
        expect.objectContaining({ code: "upload.range_invalid", status: 416 }),
      );
    },
  );

  test("reads what contentRange writes", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (start, more, beyond) => {
        const end = start + more;
        const header = contentRange(start, end, end + 1 + beyond);
        expect(parseContentRange(header)).toEqual({ start, end });
      }),
    );
  });
});

test("headers of answers", () => {
  expect(contentRange(0, 4, 10)).toBe("bytes 0-4/10");
  expect(unsatisfiedRange(10)).toBe("bytes */10");
  expect([0, 1, 2, 1_000].map(uploadRange)).toEqual(["0-0", "0-0", "0-1", "0-999"]);
});
