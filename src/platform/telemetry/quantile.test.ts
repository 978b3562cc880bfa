import { expect, test } from "bun:test";
import fc from "fast-check";
import { quantile } from "./quantile.ts";

const BOUNDS = [1, 2, 5, 10];

test("is within the bucket that the value is in, and above the last bound it is that bound", () => {
  const value = fc.double({ min: 0.001, max: 20, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const counts = [0, 0, 0, 0, 0];
        const bucketOf = (each: number) => {
          const at = BOUNDS.findIndex((bound) => each <= bound);
          return at < 0 ? BOUNDS.length : at;
        };
        for (const each of values) {
          const at = bucketOf(each);
          counts[at] = (counts[at] ?? 0) + 1;
        }
        const sorted = values.toSorted((a, b) => a - b);
        const rank = Math.max(0, Math.ceil(share * sorted.length) - 1);
        const bucket = bucketOf(sorted[rank] ?? 0);
        const found = quantile(share, BOUNDS, counts) ?? Number.NaN;
        const upper = BOUNDS[bucket] ?? 10;
        const lower = bucket === BOUNDS.length ? 10 : (BOUNDS[bucket - 1] ?? 0);
        expect(found).toBeGreaterThanOrEqual(lower);
        expect(found).toBeLessThanOrEqual(upper);
      },
    ),
  );
});

test("of nothing is nothing, and values in one bucket are spread over it", () => {
  expect(quantile(0.5, BOUNDS, [0, 0, 0, 0, 0])).toBeNull();
  expect(quantile(0.5, BOUNDS, [0, 0, 4, 0, 0])).toBe(3.5);
  expect(quantile(0.99, BOUNDS, [0, 0, 0, 0, 3])).toBe(10);
});
