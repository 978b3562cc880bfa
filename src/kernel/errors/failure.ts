/** What a placeholder such as `{digest}` in the words of an error is filled with. */
export type Details = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** One refusal or fault that a person or a client may meet. */
export interface ErrorEntry {
  /** The code on the registry wire (distribution-spec, "Error Codes", and Docker's extras). */
  readonly wire: string;
  readonly status: number;
  /** What happened, in words; `{name}` is filled from the details. */
  readonly en: string;
  readonly zh: string;
  /** The way out: what a person can do about it. */
  readonly helpEn: string;
  readonly helpZh: string;
  /** Seconds after which trying again makes sense: sent as `Retry-After`. */
  readonly retryAfter?: number;
}

/** Declares entries of the catalogue; the names of the keys become the type of the codes. */
export function entries<const T extends Record<string, ErrorEntry>>(table: T): T {
  return table;
}

/** Fills the `{placeholders}` of a catalogue text. Unknown placeholders stay as they are. */
export function fill(text: string, details: Details): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => {
    const value = details[key];
    if (value === undefined) return whole;
    return Array.isArray(value) ? value.join(", ") : String(value);
  });
}
