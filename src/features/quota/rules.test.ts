import { expect, test } from "bun:test";
import fc from "fast-check";
import { DAY, MINUTE } from "../../kernel/clock.ts";
import { isReportDue } from "./rules.ts";

const level = fc.constantFrom("free" as const, "warn" as const, "full" as const);
const took = fc.option(fc.integer({ min: 0, max: DAY }));

test("what was never looked at is looked at now", () => {
  fc.assert(
    fc.property(level, took, fc.nat(), (is, long, now) => {
      expect(isReportDue({ at: null, took: long }, is, now)).toBe(true);
    }),
  );
});

test("looking takes a hundredth of the time at most, and is done daily or every ten minutes", () => {
  fc.assert(
    fc.property(level, took, fc.nat(100 * DAY), fc.nat(200 * DAY), (is, long, at, since) => {
      const isDue = isReportDue({ at, took: long }, is, at + since);
      if (isDue) {
        expect(since).toBeGreaterThanOrEqual(100 * (long ?? 0));
        expect(since).toBeGreaterThanOrEqual(is === "free" ? DAY : 10 * MINUTE);
      } else {
        expect(since).toBeLessThan(Math.max(is === "free" ? DAY : 10 * MINUTE, 100 * (long ?? 0)));
      }
    }),
  );
});
