// Control characters forge lines and drive terminals; separators and bidirectional controls make
// a line read differently from what it says.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const UNSAFE_ALL = new RegExp(UNSAFE, "g");

function asEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * Text from outside, made safe for one line of a log: unsafe characters become `\u000a` and the
 * like, a backslash is doubled where that is needed to tell the two apart, and what is longer
 * than `most` characters is cut.
 */
export function escapeForLog(text: string, most: number): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  if (!UNSAFE.test(cut)) return cut;
  return cut.replaceAll("\\", "\\\\").replace(UNSAFE_ALL, asEscape);
}
