import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { paced } from "./pace.ts";

describe("the pace", () => {
  test("never lets more be read than the rate allows, but for one piece", () => {
    const pieces = fc.array(
      fc.record({
        bytes: fc.integer({ min: 1, max: 1_000_000 }),
        idle: fc.integer({ max: 2_000, min: 0 }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1_000, max: 10_000_000 }), (plan, perSecond) => {
        let now = 0;
        let freeAt = 0;
        let read = 0;
        let last = 0;
        for (const { bytes, idle } of plan) {
          now += idle;
          const step = paced({ freeAt, now }, bytes, perSecond);
          expect(step.wait).toBeGreaterThanOrEqual(0);
          now += step.wait;
          freeAt = step.freeAt;
          read += bytes;
          last = bytes;
          expect(read - last).toBeLessThanOrEqual((now * perSecond) / 1_000 + 1);
        }
      }),
    );
  });

  test("without a bound nobody waits", () => {
    const step = paced({ freeAt: 0, now: 5 }, 1_000_000, Number.POSITIVE_INFINITY);
    expect(step).toEqual({ wait: 0, freeAt: 5 });
  });
});
