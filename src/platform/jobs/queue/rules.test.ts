import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HOUR } from "../../../kernel/clock.ts";
import { afterRun, backoff, keepable, MAX_TEXT, type Outcome } from "./rules.ts";

describe("backoff", () => {
  test.each([
    [1, 0, 1_000],
    [1, 0.5, 750],
    [2, 0, 2_000],
    [5, 0, 16_000],
    [12, 0, 2_048_000],
    [13, 0, HOUR],
    [1_000, 0, HOUR],
  ])("run %d, random %d: %d ms", (attempt, random, pause) => {
    expect(backoff(attempt, random)).toBe(pause);
  });

  test("lies between half of the doubled pause and the whole of it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const whole = backoff(attempt, 0);
          const pause = backoff(attempt, random);
          expect(Number.isSafeInteger(pause)).toBe(true);
          expect(pause).toBeLessThanOrEqual(whole);
          expect(pause).toBeGreaterThanOrEqual(whole / 2);
          expect(backoff(attempt + 1, 0)).toBeGreaterThanOrEqual(whole);
        },
      ),
    );
  });
});

describe("keepable", () => {
  test("masks secrets, also where the text is cut", () => {
    expect(keepable("postgres://u:hunter22@h/d refused")).toBe(
      "postgres://u:[redacted]@h/d refused",
    );
    const edge = `${"x".repeat(MAX_TEXT - 30)} postgres://user:hunter22hunter22@host/db`;
    expect(keepable(edge)).not.toContain("hunter");
  });

  test("is bounded, well-formed and without NUL, and leaves other text alone", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 3 * MAX_TEXT, size: "max" }), (text) => {
        const kept = keepable(text);
        expect(kept.length).toBeLessThanOrEqual(MAX_TEXT);
        expect(kept.isWellFormed()).toBe(true);
        expect(kept.includes("\0")).toBe(false);
      }),
      { numRuns: 50 },
    );
    expect(keepable("layer 3 of 7: ünïcode 层")).toBe("layer 3 of 7: ünïcode 层");
    expect(keepable("half a pair \ud83d")).toBe("half a pair \ufffd");
    expect(keepable("a\0b")).toBe("a␀b");
  });
});

describe("afterRun", () => {
  const job = { attempts: 2, max_attempts: 3, cancel_asked: 0, run_at: 50, error: null };
  const failed: Outcome = { as: "failed", error: "broke", retryAt: 900 };

  test.each([
    ["done", job, { as: "done" }, { state: "done", attempts: 2, finished_at: 100, error: null }],
    ["failed", job, failed, { state: "waiting", attempts: 2, run_at: 900, error: "broke" }],
    [
      "failed for the last time",
      { ...job, attempts: 3 },
      failed,
      { state: "failed", attempts: 3, finished_at: 100, error: "broke" },
    ],
    [
      "failed for good",
      job,
      { ...failed, retryAt: null },
      { state: "failed", attempts: 2, run_at: 50, finished_at: 100, error: "broke" },
    ],
    ["released", job, { as: "released" }, { state: "waiting", attempts: 1, run_at: 100 }],
    [
      "released in its last run",
      { ...job, attempts: 3 },
      { as: "released" },
      { state: "waiting", attempts: 2, run_at: 100, finished_at: null },
    ],
    ["expired", job, { as: "expired" }, { state: "waiting", attempts: 2, run_at: 100 }],
    [
      "expired for the last time",
      { ...job, attempts: 3 },
      { as: "expired" },
      { state: "failed", finished_at: 100 },
    ],
    [
      "cancelled, and failed",
      { ...job, cancel_asked: 1 },
      failed,
      { state: "cancelled", finished_at: 100 },
    ],
    ["cancelled, and dead", { ...job, cancel_asked: 1 }, { as: "expired" }, { state: "cancelled" }],
    [
      "cancelled, and released",
      { ...job, cancel_asked: 1 },
      { as: "released" },
      { state: "cancelled" },
    ],
    ["cancelled too late", { ...job, cancel_asked: 1 }, { as: "done" }, { state: "done" }],
  ] as const)("%s", (_name, row, outcome, expected) => {
    expect(afterRun(row, outcome, 100)).toMatchObject(expected);
  });
});
