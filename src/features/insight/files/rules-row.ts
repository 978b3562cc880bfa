/**
 * What an entry of a layer is. `implied` is a directory that has entries and none of its own;
 * `removed` says that nothing of that name is left of the layers below; `opaque`, under the empty
 * name, that nothing at all is left of them in that directory.
 */
export type RowType =
  | "file"
  | "directory"
  | "implied"
  | "symlink"
  | "hardlink"
  | "other"
  | "removed"
  | "opaque";

/** An entry of one layer, as its index has it. */
export interface Row {
  readonly key: string;
  readonly type: RowType;
  /** It was removed first: what the layers below have of that name is not under it. */
  readonly hides: boolean;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since the epoch; null where it has no entry of its own. */
  readonly modifiedAt: number | null;
  /** Where a link leads, as it says; null for what is none. */
  readonly target: string | null;
  /** Where the bytes of a file are in the unpacked layer; null where they are not in one piece. */
  readonly offset: number | null;
  /** CRC-32 of those bytes: tells changed files apart, and proves nothing. */
  readonly crc: number | null;
}

const LETTERS: Readonly<Record<RowType, string>> = {
  file: "f",
  directory: "d",
  implied: "i",
  symlink: "s",
  hardlink: "h",
  other: "x",
  removed: "w",
  opaque: "q",
};

const TYPES = new Map(Object.entries(LETTERS).map(([type, letter]) => [letter, type as RowType]));

export function isDirectory({ type }: Row): boolean {
  return type === "directory" || type === "implied";
}

/** A row as it is stored. */
export function packRow(row: Row): readonly unknown[] {
  const { key, type, hides, size, mode, uid, gid, modifiedAt, target, offset, crc } = row;
  const letter = LETTERS[type];
  const all = [key, hides ? letter.toUpperCase() : letter, size, mode, uid, gid, modifiedAt];
  return type === "implied" || type === "removed" || type === "opaque"
    ? all.slice(0, 2)
    : [...all, target, offset, crc];
}

function wholeAt(packed: readonly unknown[], at: number): number | null {
  const value = packed[at];
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

/** Reads what `packRow` wrote; undefined for what it did not. */
export function unpackRow(packed: unknown): Row | undefined {
  if (!Array.isArray(packed)) return undefined;
  const [key, letter] = packed as unknown[];
  if (typeof key !== "string" || typeof letter !== "string" || !key.includes("\u0000")) {
    return undefined;
  }
  const type = TYPES.get(letter.toLowerCase());
  if (type === undefined) return undefined;
  const target: unknown = packed[7];
  return {
    key,
    type,
    hides: letter !== letter.toLowerCase(),
    size: wholeAt(packed, 2) ?? 0,
    mode: wholeAt(packed, 3) ?? 0o755,
    uid: wholeAt(packed, 4) ?? 0,
    gid: wholeAt(packed, 5) ?? 0,
    modifiedAt: wholeAt(packed, 6),
    target: typeof target === "string" ? target : null,
    offset: wholeAt(packed, 8),
    crc: wholeAt(packed, 9),
  };
}
