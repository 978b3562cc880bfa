/** A search filter: text of the operator, with values that are put in beside it, never into it. */
export type DirectoryFilter =
  /** RFC 4515 text. */
  | { readonly text: string }
  | { readonly attribute: string; readonly equals: string | Uint8Array }
  /** An extensible match by the matching rule of this OID. */
  | { readonly attribute: string; readonly rule: string; readonly value: string }
  | { readonly all: readonly DirectoryFilter[] }
  | { readonly any: readonly DirectoryFilter[] };

/** RFC 4515 §3: these MUST be escaped in a value. */
const SPECIAL = /[\0()*\\]/g;

/**
 * Escapes a value for the text of a filter (RFC 4515 §3). Other characters, also beyond ASCII,
 * stay as they are, which the grammar allows.
 */
export function escapeFilterValue(value: string): string {
  return value.replace(
    SPECIAL,
    (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** In the place of a value: whatever the attribute holds. */
export const ANY_VALUE = Symbol("any value");

/** Fills `{{placeholders}}` of a filter's text with escaped values. Unknown ones are refused. */
export function fillFilter(
  text: string,
  values: Readonly<Record<string, string | typeof ANY_VALUE>>,
): DirectoryFilter {
  const filled = text.replace(/\{\{(\w*)\}\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new RangeError(`no value for ${whole}`);
    return value === ANY_VALUE ? "*" : escapeFilterValue(value);
  });
  return { text: filled };
}
