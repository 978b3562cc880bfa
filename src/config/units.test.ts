import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatDuration, formatSize, parseDuration, parseSize } from "./units.ts";

describe("durations", () => {
  test.each([
    ["0", 0],
    ["0s", 0],
    ["500ms", 500],
    ["30s", 30_000],
    ["1h30m", 5_400_000],
    ["168h", 604_800_000],
    ["7d", 604_800_000],
  ])("%s", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each(["", "30", "s", "-1s", "1.5h", "1 h", "1w", "1H", "9999999999999999d", "1e3s", "30s "])(
    "%p is none",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test("what is written is read back as the same", () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 13 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });

  test("any text is read without a fault", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = parseDuration(text);
        expect(read === undefined || (Number.isSafeInteger(read) && read >= 0)).toBe(true);
      }),
    );
  });
});

describe("sizes", () => {
  test.each([
    ["0", 0],
    ["1048576", 1_048_576],
    ["1KiB", 1_024],
    ["1.5 GiB", 1_610_612_736],
    ["20GB", 20_000_000_000],
    ["3tib", 3 * 2 ** 40],
  ])("%s", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(["", "GiB", "1G", "1k", "-1", "1.B", "0.3B", "1e9", "9007199254740993", "9999999TiB"])(
    "%p is none",
    (text) => {
      expect(parseSize(text)).toBeUndefined();
    },
  );

  test("what is written is read back as the same", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(parseSize(formatSize(bytes))).toBe(bytes);
      }),
    );
  });
});
