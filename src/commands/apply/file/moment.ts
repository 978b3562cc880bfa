const TIME = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2}))?$/;

/** Milliseconds of a date (its first moment in UTC), or of a time with its zone. */
export function momentOf(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, day = "", time = "00:00", zone = "Z"] = match;
  const value = Date.parse(`${day}T${time}${zone}`);
  // The 31st of February would be taken as a day of March.
  const midnight = Date.parse(`${day}T00:00Z`);
  if (Number.isNaN(value) || Number.isNaN(midnight)) return undefined;
  return new Date(midnight).toISOString().startsWith(day) ? value : undefined;
}

/** The shortest text that `momentOf` reads as this time. */
export function momentText(time: number): string {
  return new Date(time)
    .toISOString()
    .replace(/(?:T00:00:00)?\.000Z$/, (tail) => (tail.startsWith("T") ? "" : "Z"));
}
