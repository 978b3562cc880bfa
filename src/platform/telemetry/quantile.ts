/**
 * The value below which a share of what was counted lies, read from a histogram: `counts` has one
 * entry for each upper bound and one more for what lies above the last. Within a bucket values are
 * taken to be spread evenly; above the last bound nothing is known but that. Null when nothing was
 * counted.
 */
export function quantile(
  share: number,
  bounds: readonly number[],
  counts: ArrayLike<number>,
): number | null {
  let total = 0;
  for (let bucket = 0; bucket <= bounds.length; bucket++) total += counts[bucket] ?? 0;
  if (total === 0) return null;
  const wanted = share * total;
  let below = 0;
  for (const [bucket, upper] of bounds.entries()) {
    const count = counts[bucket] ?? 0;
    if (count > 0 && below + count >= wanted) {
      const lower = bounds[bucket - 1] ?? 0;
      return lower + ((upper - lower) * (wanted - below)) / count;
    }
    below += count;
  }
  return bounds.at(-1) ?? null;
}
