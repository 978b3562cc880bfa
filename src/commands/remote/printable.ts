import { stringify } from "yaml";

/**
 * What a terminal would obey or hide instead of showing: controls (escape sequences begin with
 * one), line breaks, and marks that turn the direction of text.
 */
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
/** The same but for what lays JSON out in lines: inside its texts that is escaped already. */
const OBEYED_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (found: string) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A text from elsewhere on one line, with nothing in it that a terminal obeys. */
export function printable(text: string): string {
  return text.toWellFormed().replace(OBEYED, escaped);
}

/** The same as YAML: every text in quotes, where JSON's escapes hold too. */
export function yamlText(value: unknown): string {
  const text = stringify(value, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" });
  return text.replace(OBEYED_IN_JSON, escaped);
}

/** JSON for people and programs: what a terminal would obey is escaped, which means the same. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(OBEYED_IN_JSON, escaped)}\n`;
}
