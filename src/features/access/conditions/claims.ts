/**
 * Outsiders write claims: with so many values in them at most, an `in` within an `exists` over them
 * stays a matter of a millisecond (A62).
 */
const MOST_VALUES = 500;
const MOST_DEPTH = 16;

const judged = new WeakMap<object, boolean>();

function count(value: unknown, depth: number, left: number): number {
  if (left < 0 || depth > MOST_DEPTH) return -1;
  if (typeof value !== "object" || value === null) return left - 1;
  let rest = left - 1;
  for (const inner of Object.values(value)) {
    rest = count(inner, depth + 1, rest);
    if (rest < 0) return -1;
  }
  return rest;
}

/** Whether claims are few and flat enough to evaluate a condition over; remembered per object. */
export function areBounded(claims: Readonly<Record<string, unknown>>): boolean {
  const before = judged.get(claims);
  if (before !== undefined) return before;
  const bounded = count(claims, 0, MOST_VALUES) >= 0;
  judged.set(claims, bounded);
  return bounded;
}
