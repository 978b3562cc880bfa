/** A figure with three significant digits, thousands separated: `12,345`, `3.14`, `0.0123`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en-US");
  if (size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** A share as a percentage: `0.125` becomes `13 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
