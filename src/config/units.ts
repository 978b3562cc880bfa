const DURATION_UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SIZE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

type DurationUnit = keyof typeof DURATION_UNITS;

/**
 * Reads a duration such as `30s`, `1h30m` or `7d` as milliseconds; `undefined` when it is none.
 * A number without a unit is refused, because nobody can tell what it counts; only `0` is clear.
 */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(?:\d{1,15}(?:ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(amount) * DURATION_UNITS[unit as DurationUnit];
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

/** Writes milliseconds with the largest unit that divides them: `604800000` → `7d`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  const units = Object.entries(DURATION_UNITS).reverse();
  const [unit, size] = units.find(([, each]) => milliseconds % each === 0) ?? ["ms", 1];
  return `${milliseconds / size}${unit}`;
}

/**
 * Reads a size such as `1GiB`, `500 MB` or `1048576` as bytes; `undefined` when it is none.
 * `K`, `M` and `G` alone are refused: some read them as 1000 and some as 1024.
 */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,16})(?:\.(\d{1,6}))?\s?([a-z]{1,3})?$/i.exec(text);
  if (match === null) return undefined;
  const [, whole, fraction, unit] = match;
  const factor = unit === undefined ? 1 : SIZE_UNITS[unit.toLowerCase()];
  if (factor === undefined) return undefined;
  const bytes = Number(fraction === undefined ? whole : `${whole}.${fraction}`) * factor;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Writes bytes with the largest binary unit that divides them: `1073741824` → `1GiB`. */
export function formatSize(bytes: number): string {
  for (const [unit, each] of [
    ["TiB", 2 ** 40],
    ["GiB", 2 ** 30],
    ["MiB", 2 ** 20],
    ["KiB", 2 ** 10],
  ] as const) {
    if (bytes >= each && bytes % each === 0) return `${bytes / each}${unit}`;
  }
  return `${bytes}B`;
}
