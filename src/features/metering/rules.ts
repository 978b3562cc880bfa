import { DAY, HOUR } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";

/** How wide the points of a curve are. */
export type Step = "hour" | "day";

export const WIDTHS: Readonly<Record<Step, number>> = { hour: HOUR, day: DAY };

/** Points of a curve that are given at once. */
export const MOST_POINTS = 1_000;

/** When the hour or the day (UTC) began that a time is in. */
export function startOf(step: Step, at: number): number {
  const width = WIDTHS[step];
  return Math.floor(at / width) * width;
}

/** Whole hours or days: from the first one's beginning to the end of the last one. */
export interface Span {
  readonly step: Step;
  readonly from: number;
  readonly to: number;
}

/** How much is shown to whoever names no beginning. */
const USUAL: Readonly<Record<Step, number>> = { hour: 24, day: 30 };

/**
 * The span that was asked for, widened to whole hours or days; up to now where no end is named.
 * Throws `api.invalid` for one that ends before it begins or has too many points.
 */
export function spanOf(
  asked: { readonly step: Step; readonly from?: number; readonly to?: number },
  now: number,
): Span {
  const { step } = asked;
  const width = WIDTHS[step];
  const last =
    asked.to === undefined ? startOf(step, now) : startOf(step, Math.max(0, asked.to - 1));
  const to = last + width;
  const from = asked.from === undefined ? to - USUAL[step] * width : startOf(step, asked.from);
  if (from >= to || (asked.from ?? -1) >= (asked.to ?? to)) {
    throw failure("api.invalid", { problems: "query: it ends before it begins" });
  }
  if ((to - from) / width > MOST_POINTS) {
    const problems = `query: more than ${MOST_POINTS} points; ask for a shorter time or wider steps`;
    throw failure("api.invalid", { problems });
  }
  return { step, from: Math.max(0, from), to };
}

/** One value for every point of a span: `none` where nothing was counted. */
export function everyPoint<T extends { readonly at: number }>(
  { step, from, to }: Span,
  found: readonly T[],
  none: (at: number) => T,
): T[] {
  const width = WIDTHS[step];
  const known = new Map(found.map((each) => [each.at, each]));
  return Array.from({ length: (to - from) / width }, (_, index) => {
    const at = from + index * width;
    return known.get(at) ?? none(at);
  });
}
