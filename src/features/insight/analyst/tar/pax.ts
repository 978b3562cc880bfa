import { TroubleError } from "../trouble.ts";

const decoder = new TextDecoder();
const SPACE = 0x20;
const EQUALS = 0x3d;
const NEWLINE = 0x0a;

/**
 * The records of a pax header, `length key=value\n` each, of which the last of a key counts.
 * Throws `damaged` for what is none.
 */
export function readPax(bytes: Uint8Array): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < bytes.byteLength; ) {
    // Some writers fill up with zeros.
    if (bytes[at] === 0) break;
    const space = bytes.indexOf(SPACE, at);
    if (space < 0 || space - at > 10) throw new TroubleError("damaged");
    const digits = decoder.decode(bytes.subarray(at, space));
    const end = at + Number(digits);
    const isRecord =
      /^[0-9]+$/.test(digits) && end <= bytes.byteLength && bytes[end - 1] === NEWLINE;
    const equals = bytes.indexOf(EQUALS, space + 1);
    if (!isRecord || equals < 0 || equals >= end) throw new TroubleError("damaged");
    const key = decoder.decode(bytes.subarray(space + 1, equals));
    found.set(key, decoder.decode(bytes.subarray(equals + 1, end - 1)));
    at = end;
  }
  return found;
}

/** A whole number of a record; undefined where there is none. Throws `damaged` for what is none. */
export function wholeOf(pax: ReadonlyMap<string, string>, key: string): number | undefined {
  const text = pax.get(key);
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,16}$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new TroubleError("damaged");
  }
  return Number(text);
}

/** A time in seconds with a fraction, as milliseconds; undefined for none, or none that can be. */
export function timeOf(pax: ReadonlyMap<string, string>, key: string): number | undefined {
  const seconds = Number(pax.get(key) ?? Number.NaN);
  const milliseconds = Math.floor(seconds * 1_000);
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
}
