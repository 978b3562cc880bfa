/** RFC 4514 §2.4: a backslash and one of these, or two hex digits. */
const HEX = /^[0-9a-f]{2}$/i;
const MOST_LENGTH = 4_096;

/** Splits at unescaped `separator`s; undefined when an escape is cut off. */
function split(text: string, separator: string): string[] | undefined {
  const parts: string[] = [];
  let part = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "\\") {
      if (at + 1 >= text.length) return undefined;
      part += character + text[at + 1];
      at += 1;
    } else if (character === separator) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  return [...parts, part];
}

/** Takes escapes out of a value: `Sm\C3\BCth\, Inc` becomes `Smüth, Inc`. */
function unescapeValue(value: string): string {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (let at = 0; at < value.length; ) {
    const pair = value.slice(at + 1, at + 3);
    if (value[at] === "\\" && HEX.test(pair)) {
      bytes.push(Number.parseInt(pair, 16));
      at += 3;
    } else {
      if (value[at] === "\\") at += 1;
      const character = String.fromCodePoint(value.codePointAt(at) ?? 0);
      bytes.push(...encoder.encode(character));
      at += character.length;
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** Spaces around a value do not count, unless the last one is escaped. */
function trimValue(value: string): string {
  const start = value.trimStart();
  const end = start.trimEnd();
  const isEscaped = /(?:^|[^\\])(?:\\\\)*\\$/.test(end) && end.length < start.length;
  return isEscaped ? `${end} ` : end;
}

function normalPart(part: string): string | undefined {
  const equals = part.indexOf("=");
  if (equals < 1) return undefined;
  const type = part.slice(0, equals).trim().toLowerCase();
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(type)) return undefined;
  const value = unescapeValue(trimValue(part.slice(equals + 1)))
    .normalize("NFKC")
    .toLowerCase()
    .replace(/ +/g, " ");
  // With its length, so that no value can read like the end of one name and a start of another.
  return `${type}=${value.length}:${value}`;
}

/**
 * One form for all spellings of a distinguished name, to compare by: types and values without
 * case, escapes and superfluous spaces, as directories match them (RFC 4517 §4.2.15). Undefined
 * for what is no name.
 */
export function normalDn(text: string): string | undefined {
  if (text.length > MOST_LENGTH) return undefined;
  const names = split(text, ",");
  if (names === undefined) return undefined;
  const normal: string[] = [];
  for (const name of names) {
    const parts = split(name, "+")?.map(normalPart);
    if (parts === undefined || parts.includes(undefined)) return undefined;
    // The parts of one relative name are a set.
    normal.push(parts.sort().join("+"));
  }
  return normal.join(",");
}
