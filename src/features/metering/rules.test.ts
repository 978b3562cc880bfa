import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DAY, HOUR } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/errors/catalogue.ts";
import { everyPoint, MOST_POINTS, spanOf, WIDTHS } from "./rules.ts";

const NOW = Date.UTC(2026, 10, 20, 12, 34, 56, 789);
const time = fc.nat(2 * NOW);
const step = fc.constantFrom("hour" as const, "day" as const);

describe("a span", () => {
  test("is whole, holds what was asked for and not a point more, or is refused", () => {
    fc.assert(
      fc.property(step, time, fc.nat(2_000 * DAY), (width, from, length) => {
        const asked = { step: width, from, to: from + length };
        let span: ReturnType<typeof spanOf>;
        try {
          span = spanOf(asked, NOW);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          expect(length === 0 || length / WIDTHS[width] > MOST_POINTS - 2).toBe(true);
          return;
        }
        expect([span.from % WIDTHS[width], span.to % WIDTHS[width]]).toEqual([0, 0]);
        expect(span.from).toBeLessThanOrEqual(from);
        expect(span.to).toBeGreaterThanOrEqual(asked.to);
        expect(from - span.from).toBeLessThan(WIDTHS[width]);
        expect(span.to - asked.to).toBeLessThan(WIDTHS[width]);
      }),
    );
  });

  test("ends with the hour or day that is now, and is a day or thirty days long", () => {
    expect(spanOf({ step: "hour" }, NOW)).toEqual({
      step: "hour",
      from: NOW - (NOW % HOUR) - 23 * HOUR,
      to: NOW - (NOW % HOUR) + HOUR,
    });
    const { from, to } = spanOf({ step: "day" }, NOW);
    expect([to - from, to > NOW, to - DAY <= NOW]).toEqual([30 * DAY, true, true]);
  });

  test("has a value for every point", () => {
    const span = { step: "day", from: 2 * DAY, to: 5 * DAY } as const;
    const found = [{ at: 3 * DAY, value: 7 }];
    expect(everyPoint(span, found, (at) => ({ at, value: 0 }))).toEqual([
      { at: 2 * DAY, value: 0 },
      { at: 3 * DAY, value: 7 },
      { at: 4 * DAY, value: 0 },
    ]);
  });
});
