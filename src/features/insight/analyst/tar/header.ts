import { TroubleError } from "../trouble.ts";

export const BLOCK = 512;

/** What a header block says, before longer names from blocks ahead of it. */
export interface Header {
  readonly name: string;
  readonly linkName: string;
  /** The type flag as a letter; "0" also for the old ways to say a file. */
  readonly flag: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** GNU's old sparse files: whether blocks of their map follow, and their whole size. */
  readonly sparse: { readonly more: boolean; readonly size: number } | undefined;
}

const decoder = new TextDecoder();

/** Text up to its NUL. */
export function textAt(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

/** GNU's base 256 for numbers that octal digits cannot say: big-endian, after a set first bit. */
function base256(field: Uint8Array): number {
  if ((field[0] ?? 0) !== 0x80) throw new TroubleError("damaged");
  let value = 0;
  for (const byte of field.subarray(1)) value = value * 256 + byte;
  if (!Number.isSafeInteger(value)) throw new TroubleError("damaged");
  return value;
}

const SPACE = 0x20;
const ZERO = 0x30;

/** Octal digits, with spaces before them, up to a space, a NUL or the field's end. */
function octal(field: Uint8Array): number {
  let value = 0;
  let at = 0;
  while (field[at] === SPACE) at += 1;
  for (; at < field.byteLength; at++) {
    const byte = field[at] ?? 0;
    if (byte === 0 || byte === SPACE) break;
    if (byte < ZERO || byte > ZERO + 7) throw new TroubleError("damaged");
    value = value * 8 + byte - ZERO;
  }
  return value;
}

function numberAt(bytes: Uint8Array, at: number, length: number): number {
  const field = bytes.subarray(at, at + length);
  return (field[0] ?? 0) >= 0x80 ? base256(field) : octal(field);
}

/** Numbers about which nothing depends: what cannot be read is 0. */
function lenient(bytes: Uint8Array, at: number, length: number): number {
  try {
    return numberAt(bytes, at, length);
  } catch {
    return 0;
  }
}

/** "the simple sum of all bytes in the header block", the field itself as spaces; some summed signed. */
function hasChecksum(block: Uint8Array): boolean {
  let unsigned = 8 * SPACE;
  let high = 0;
  for (let at = 0; at < BLOCK; at++) {
    const byte = block[at] ?? 0;
    unsigned += byte;
    if (byte >= 0x80) high += 1;
  }
  for (let at = 148; at < 156; at++) {
    const byte = block[at] ?? 0;
    unsigned -= byte;
    if (byte >= 0x80) high -= 1;
  }
  const claimed = lenient(block, 148, 8);
  return claimed === unsigned || claimed === unsigned - high * 0x100;
}

export function isZero(block: Uint8Array): boolean {
  for (let at = 0; at < BLOCK; at++) if (block[at] !== 0) return false;
  return true;
}

/** The old ways to say file, and Solaris' and contiguous ones, are files. */
function flagOf(block: Uint8Array): string {
  const flag = String.fromCharCode(block[156] ?? 0);
  return flag === "\0" || flag === "7" ? "0" : flag;
}

/** Reads a header block that is not all zeros. Throws `damaged`. */
export function readHeader(block: Uint8Array): Header {
  if (!hasChecksum(block)) throw new TroubleError("damaged");
  const magic = textAt(block, 257, 6);
  const isPosix = magic === "ustar" && block[263] === 0x30;
  const prefix = isPosix ? textAt(block, 345, 155) : "";
  const name = textAt(block, 0, 100);
  const flag = flagOf(block);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    linkName: textAt(block, 157, 100),
    flag,
    size: numberAt(block, 124, 12),
    mode: lenient(block, 100, 8) & 0o7777,
    uid: lenient(block, 108, 8),
    gid: lenient(block, 116, 8),
    modifiedAt: lenient(block, 136, 12) * 1_000,
    sparse: flag === "S" ? { more: block[482] === 1, size: numberAt(block, 483, 12) } : undefined,
  };
}
