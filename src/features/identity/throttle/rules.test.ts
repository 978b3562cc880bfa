import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Failures, level, oneMore, pauseLeft } from "./rules.ts";

const rule = { free: 3, first: 1_000, most: 60_000, leak: 10_000 };

function after(times: number, now: number): Failures | undefined {
  let failures: Failures | undefined;
  for (let count = 0; count < times; count++) failures = oneMore(failures, rule, now);
  return failures;
}

test("the first failures are free, each one after them doubles the pause up to the longest", () => {
  const pauses = Array.from({ length: 12 }, (_, n) => pauseLeft(after(n, 0), rule, 0));
  expect(pauses).toEqual([0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test("the pause that is left is the real one", () => {
  const failures = after(6, 5_000);
  expect(pauseLeft(failures, rule, 5_000)).toBe(4_000);
  expect(pauseLeft(failures, rule, 8_999)).toBe(1);
  expect(pauseLeft(failures, rule, 9_000)).toBe(0);
});

test("failures are forgotten one by one", () => {
  const failures = after(4, 0);
  expect([0, 9_999, 10_000, 39_999, 40_000].map((now) => level(failures, rule, now))).toEqual([
    4, 4, 3, 1, 0,
  ]);
  expect(oneMore(failures, rule, 40_000)).toEqual({ count: 1, last: 40_000, forgotten: 50_000 });
});

test("nobody waits longer than the longest pause, nor at a clock that went back", () => {
  const waits = fc.array(fc.integer({ min: -30_000, max: 120_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(waits, (steps) => {
      let now = 1_000_000;
      let failures: Failures | undefined;
      for (const step of steps) {
        now += step;
        failures = oneMore(failures, rule, now);
        expect(pauseLeft(failures, rule, now)).toBeLessThanOrEqual(rule.most);
        expect(level(failures, rule, now)).toBeGreaterThan(0);
      }
    }),
  );
});
