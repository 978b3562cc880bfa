import type { ThrottleRule } from "../settings.ts";

/** Failures of one subject: a leaking bucket, as a row of the counters keeps it. */
export interface Failures {
  readonly count: number;
  /** When the last one was (milliseconds). */
  readonly last: number;
}

/** How many of the failures are not forgotten yet. */
export function level(failures: Failures | undefined, { leak }: ThrottleRule, now: number): number {
  if (failures === undefined) return 0;
  return Math.max(0, failures.count - Math.floor(Math.max(0, now - failures.last) / leak));
}

/** The failures with one more. */
export function oneMore(
  failures: Failures | undefined,
  rule: ThrottleRule,
  now: number,
): Failures & { readonly forgotten: number } {
  const count = level(failures, rule, now) + 1;
  return { count, last: now, forgotten: now + count * rule.leak };
}

/**
 * Milliseconds until the next attempt may be made: 0 while the failures are free, then a pause
 * since the last one that doubles with each. It never grows by attempts that were refused.
 */
export function pauseLeft(
  failures: Failures | undefined,
  { free, first, most }: ThrottleRule,
  now: number,
): number {
  if (failures === undefined || failures.count <= free) return 0;
  const pause = Math.min(most, first * 2 ** Math.min(40, failures.count - free - 1));
  return Math.max(0, failures.last + pause - now);
}
