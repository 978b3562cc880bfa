import { DAY } from "../../kernel/clock.ts";

/** A figure at a time. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** Fewer points say nothing of where things go. */
const FEWEST = 3;
/** Dates beyond are not worth telling: ten years. */
const FARTHEST = 3_650;

/** The one in the middle, or what lies between the two in the middle. */
function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/**
 * By how much a figure grows each day: the median of the slopes between all pairs of points
 * (Theil–Sen), which a few odd days do not move. Null for fewer than three points in time.
 */
export function growthPerDay(points: readonly Point[]): number | null {
  if (new Set(points.map(({ at }) => at)).size < FEWEST) return null;
  const slopes: number[] = [];
  for (const [index, one] of points.entries()) {
    for (const other of points.slice(index + 1)) {
      if (one.at !== other.at) slopes.push((other.value - one.value) / (other.at - one.at));
    }
  }
  return median(slopes) * DAY;
}

/**
 * When what is left (`room`, at the time `now`) is used up at that growth: `now` when nothing is
 * left; null when it does not grow, or not within ten years.
 */
export function fullAt(now: number, room: number, perDay: number | null): number | null {
  if (room <= 0) return now;
  if (perDay === null || perDay <= 0) return null;
  const days = room / perDay;
  return days > FARTHEST ? null : Math.floor(now + days * DAY);
}

/** What there is to say of when it is full. */
export const outlooks = ["too_few_days", "not_growing", "far", "dated", "full"] as const;
export type Outlook = (typeof outlooks)[number];

export interface Forecast {
  readonly outlook: Outlook;
  /** Bytes that it grows by each day; null for too few days to tell. */
  readonly perDay: number | null;
  /** When it is full; null where `outlook` says that there is no date. */
  readonly fullAt: number | null;
}

/** Foretells from what was used (`points`) and what is left (`room`, at the time `now`). */
export function forecast(now: number, room: number, points: readonly Point[]): Forecast {
  const perDay = growthPerDay(points);
  const at = fullAt(now, room, perDay);
  if (room <= 0) return { outlook: "full", perDay, fullAt: at };
  if (perDay === null) return { outlook: "too_few_days", perDay, fullAt: null };
  if (perDay <= 0) return { outlook: "not_growing", perDay, fullAt: null };
  return { outlook: at === null ? "far" : "dated", perDay, fullAt: at };
}
