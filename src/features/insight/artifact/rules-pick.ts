/** Longer texts of an image or a chart are cut; more items of a list, or labels, left out. */
const MOST_TEXT = 8_192;
const MOST_ITEMS = 500;

export type Fields = Readonly<Record<string, unknown>>;

/** The members of an object; none of what is no object. */
export function fieldsOf(value: unknown): Fields {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Fields) : {};
}

export function textOf(value: unknown, most = MOST_TEXT): string | null {
  if (typeof value !== "string" || value === "") return null;
  return (value.length > most ? value.slice(0, most) : value).toWellFormed();
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, MOST_ITEMS) : [];
}

/** The texts of a list; a single text, as some write it, is a list of one. */
export function textsOf(value: unknown): string[] {
  const all = typeof value === "string" ? [value] : listOf(value);
  return all.flatMap((each) => (typeof each === "string" ? [textOf(each) ?? ""] : []));
}

/** As `textsOf`, and null where there is no list. */
export function textsOrNull(value: unknown): string[] | null {
  return Array.isArray(value) || typeof value === "string" ? textsOf(value) : null;
}

/** The keys of an object: how images write sets. */
export function keysOf(value: unknown): string[] {
  return textsOf(Object.keys(fieldsOf(value)).slice(0, MOST_ITEMS)).sort();
}

/** An object of texts. */
export function mapOf(value: unknown): Record<string, string> {
  const entries = Object.entries(fieldsOf(value)).flatMap(([key, each]): [string, string][] =>
    typeof each === "string" ? [[textOf(key, 512) ?? "", textOf(each) ?? ""]] : [],
  );
  // A key may be called `__proto__`: entries make it one like any other.
  return Object.fromEntries(entries.slice(0, MOST_ITEMS));
}

/** A time in RFC 3339 as milliseconds since the epoch; null for what is none. */
export function timeOf(value: unknown): number | null {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return null;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : time;
}
