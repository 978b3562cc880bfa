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

/** What a row says besides where it is and what it is. */
type Rest = readonly unknown[];

function headOf({ key, type, hides }: Row): string {
  const letter = LETTERS[type];
  return (hides ? letter.toUpperCase() : letter) + key;
}

function restOf({ type, size, mode, uid, gid, modifiedAt, target, offset, crc }: Row): Rest {
  const isBare = type === "implied" || type === "removed" || type === "opaque";
  return isBare ? [] : [size, mode, uid, gid, modifiedAt, target, offset, crc];
}

/**
 * Rows as they are stored: a line of JSON with their types and keys, and one with all else, which
 * most of those who look for something need never read.
 */
export class RowPacker {
  #heads: string[] = [];
  #rests: string[] = [];
  #letters = 0;

  get count(): number {
    return this.#heads.length;
  }

  get letters(): number {
    return this.#letters;
  }

  add(row: Row): void {
    const head = JSON.stringify(headOf(row));
    const rest = JSON.stringify(restOf(row));
    this.#heads.push(head);
    this.#rests.push(rest);
    this.#letters += head.length + rest.length;
  }

  /** The text of all that was added, which is then forgotten. */
  take(): string {
    const text = `[${this.#heads.join(",")}]\n[${this.#rests.join(",")}]`;
    this.#heads = [];
    this.#rests = [];
    this.#letters = 0;
    return text;
  }
}

function wholeOf(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

/** The rest of the rows of one text, read when it is first asked for. */
class Rests {
  readonly #text: string;
  #all: readonly unknown[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  at(place: number): Rest {
    if (this.#all === undefined) {
      const all: unknown = JSON.parse(this.#text);
      this.#all = Array.isArray(all) ? all : [];
    }
    const rest = this.#all[place];
    return Array.isArray(rest) ? rest : [];
  }
}

class StoredRow implements Row {
  readonly key: string;
  readonly type: RowType;
  readonly hides: boolean;
  readonly #rests: Rests;
  readonly #place: number;

  constructor(head: string, type: RowType, rests: Rests, place: number) {
    this.key = head.slice(1);
    this.type = type;
    this.hides = head.charAt(0) !== LETTERS[type];
    this.#rests = rests;
    this.#place = place;
  }

  #whole(at: number): number | null {
    return wholeOf(this.#rests.at(this.#place)[at]);
  }

  get size(): number {
    return this.#whole(0) ?? 0;
  }

  get mode(): number {
    return this.#whole(1) ?? 0o755;
  }

  get uid(): number {
    return this.#whole(2) ?? 0;
  }

  get gid(): number {
    return this.#whole(3) ?? 0;
  }

  get modifiedAt(): number | null {
    return this.#whole(4);
  }

  get target(): string | null {
    const target = this.#rests.at(this.#place)[5];
    return typeof target === "string" ? target : null;
  }

  get offset(): number | null {
    return this.#whole(6);
  }

  get crc(): number | null {
    return this.#whole(7);
  }
}

/** Reads what `RowPacker` made; undefined for what it did not. Throws a `SyntaxError` for no JSON. */
export function unpackRows(text: string): Row[] | undefined {
  const end = text.indexOf("\n");
  const heads: unknown = JSON.parse(end < 0 ? text : text.slice(0, end));
  if (!Array.isArray(heads)) return undefined;
  const rests = new Rests(end < 0 ? "[]" : text.slice(end + 1));
  const rows: Row[] = [];
  for (const [place, head] of heads.entries()) {
    if (typeof head !== "string" || !head.includes("\u0000")) return undefined;
    const type = TYPES.get(head.charAt(0).toLowerCase());
    if (type === undefined) return undefined;
    rows.push(new StoredRow(head, type, rests, place));
  }
  return rows;
}
