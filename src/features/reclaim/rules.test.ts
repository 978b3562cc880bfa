import { expect, test } from "bun:test";
import fc from "fast-check";
import { backoff, lookAgainAfter, restAfter } from "./rules.ts";

const time = fc.nat({ max: 100_000 });

test("half of the time belongs to others, and the pace is kept", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      time,
      fc.integer({ min: 1, max: 100_000 }),
      (rows, elapsed, pace) => {
        const rest = restAfter(rows, elapsed, pace);
        expect(rest).toBeGreaterThanOrEqual(elapsed);
        expect(rest).toBeGreaterThan(0);
        expect((rest + elapsed) * pace).toBeGreaterThanOrEqual(rows * 1_000 * 0.999);
      },
    ),
  );
});

test("a sweeper looks again in time for what it knows of, and for what others stamp", () => {
  fc.assert(
    fc.property(time, fc.option(time), time, (now, next, shortest) => {
      const wait = lookAgainAfter(now, next, shortest);
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(Math.max(250, Math.min(5_000, shortest / 4)));
      if (next !== null && next > now + 5) expect(wait).toBeLessThanOrEqual(next - now);
    }),
  );
});

test("failures in a row are answered with longer and longer rests, up to a minute", () => {
  const rests = Array.from({ length: 20 }, (_, at) => backoff(at + 1));
  expect(rests[0]).toBe(1_000);
  expect(rests.at(-1)).toBe(60_000);
  expect(rests).toEqual([...rests].sort((a, b) => a - b));
});
