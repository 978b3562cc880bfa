const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];
const STEP = 1_000;

/** A number of bytes for people: three digits and a unit. */
export function sizeText(bytes: number | null | undefined): string | null {
  if (bytes === null || bytes === undefined) return null;
  let value = bytes;
  let at = 0;
  // Rounding must not lead to `1000 kB`.
  while (Number(value.toPrecision(3)) >= STEP && at < UNITS.length - 1) {
    value /= STEP;
    at += 1;
  }
  const text = at === 0 ? String(value) : String(Number(value.toPrecision(3)));
  return `${text} ${UNITS[at]}`;
}
