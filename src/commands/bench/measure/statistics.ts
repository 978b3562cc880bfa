/** What several rounds of one measurement say together. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** (max − min) / median: how far the rounds lie apart; 0 when there is one round. */
  readonly spread: number;
  readonly rounds: readonly number[];
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("no values have no median");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

export function summarise(rounds: readonly number[]): Summary {
  const centre = median(rounds);
  const min = Math.min(...rounds);
  const max = Math.max(...rounds);
  return { median: centre, min, max, spread: centre === 0 ? 0 : (max - min) / centre, rounds };
}

/**
 * The slope of a line through the points in log-log space (least squares): 0 when y does not depend
 * on x, 1 when it grows in proportion.
 */
export function logLogSlope(points: readonly { x: number; y: number }[]): number {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const meanX = logs.reduce((sum, one) => sum + one.x, 0) / logs.length;
  const meanY = logs.reduce((sum, one) => sum + one.y, 0) / logs.length;
  const over = logs.reduce((sum, one) => sum + (one.x - meanX) * (one.y - meanY), 0);
  const under = logs.reduce((sum, one) => sum + (one.x - meanX) ** 2, 0);
  return under === 0 ? 0 : over / under;
}
