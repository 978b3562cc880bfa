import { MINUTE, SECOND } from "../../kernel/clock.ts";

/** The shortest rest between two batches: others come first. */
const SHORTEST_REST = 5;

/**
 * How long to rest after a batch of `rows` that took `elapsed` milliseconds: at least as long as it
 * took, so that half of the time belongs to others, and long enough for `pace` rows a second.
 */
export function restAfter(rows: number, elapsed: number, pace: number): number {
  return Math.max(SHORTEST_REST, elapsed, (rows * SECOND) / pace - elapsed);
}

const SHORTEST_LOOK = 250;
const LONGEST_LOOK = 5 * SECOND;

/**
 * How long a sweeper that has nothing to do waits before it looks again, when the next row it knows
 * of is due at `next`: other nodes stamp rows too, and what they stamp is due after the shorter of
 * the times that are kept.
 */
export function lookAgainAfter(now: number, next: number | null, shortest: number): number {
  const usual = Math.min(LONGEST_LOOK, Math.max(SHORTEST_LOOK, shortest / 4));
  return next === null ? usual : Math.min(usual, Math.max(SHORTEST_REST, next - now));
}

/** How long to leave storage or database alone after so many failures in a row. */
export function backoff(failures: number): number {
  return Math.min(MINUTE, SECOND * 2 ** Math.min(10, Math.max(0, failures - 1)));
}
