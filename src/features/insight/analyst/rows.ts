import { crc32 } from "node:zlib";
import { cleanPath, keyOf, split } from "../files/rules-key.ts";
import type { Row, RowType } from "../files/rules-row.ts";
import type { TarEntry, TarVisitor } from "./tar/scanner.ts";
import { TroubleError } from "./trouble.ts";

export interface RowLimits {
  readonly entries: number;
}

/** As Linux has it: of a path, and of one name; and deeper than any tool makes. */
const MOST_PATH = 4_096;
const MOST_NAME = 255;
const MOST_DEPTH = 256;

// image-spec, "Whiteouts".
const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
/** What older unions left for themselves. */
const META = ".wh..wh.";

const TYPES: Readonly<Record<string, RowType>> = {
  "0": "file",
  "1": "hardlink",
  "2": "symlink",
  "5": "directory",
};

type Draft = { -readonly [K in keyof Row]: Row[K] };

const NOTHING = {
  hides: false,
  size: 0,
  mode: 0o755,
  uid: 0,
  gid: 0,
  modifiedAt: null,
  target: null,
  offset: null,
  crc: null,
} as const;

/** Gathers the entries of a layer, of which the last of a name counts, and puts them in order. */
export class LayerRows implements TarVisitor {
  readonly #limits: RowLimits;
  readonly #rows = new Map<string, Draft>();
  /** Directories that have a row, and so have all above them. */
  readonly #known = new Set<string>([""]);
  #file: Draft | undefined;
  /** Entries that would lie outside, which no tool would unpack. */
  outside = 0;
  files = 0;
  bytesOfFiles = 0;

  constructor(limits: RowLimits) {
    this.#limits = limits;
  }

  entry(entry: TarEntry): void {
    this.#file = undefined;
    if (entry.name.length > MOST_PATH) throw new TroubleError("limit.name");
    const path = cleanPath(entry.name);
    if (path === undefined) this.outside += 1;
    else if (path !== "") this.#place(path, entry);
  }

  bytes(piece: Uint8Array): void {
    if (this.#file !== undefined) this.#file.crc = crc32(piece, this.#file.crc ?? 0);
  }

  fileEnd(): void {
    this.#file = undefined;
  }

  get count(): number {
    return this.#rows.size;
  }

  /** All rows in the order of their keys. */
  sorted(): Row[] {
    for (const row of this.#rows.values()) if (row.type === "hardlink") this.#follow(row);
    const rows = [...this.#rows.values()];
    return rows.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  #place(path: string, entry: TarEntry): void {
    const { directory, name } = split(path);
    if (name.length > MOST_NAME) throw new TroubleError("limit.name");
    if (path.split("/").length > MOST_DEPTH) throw new TroubleError("limit.depth");
    this.#imply(directory);
    if (name === OPAQUE) {
      this.#set(keyOf(directory, ""), { ...NOTHING, type: "opaque" });
    } else if (name.startsWith(WHITEOUT)) {
      const hidden = name.slice(WHITEOUT.length);
      if (name.startsWith(META) || hidden === "" || hidden === "." || hidden === "..") return;
      this.#remove(keyOf(directory, hidden));
    } else {
      this.#add(path, keyOf(directory, name), entry);
    }
  }

  #add(path: string, key: string, entry: TarEntry): void {
    const { size, mode, uid, gid, modifiedAt, linkName, offset } = entry;
    const isOldDirectory = entry.flag === "0" && entry.name.endsWith("/");
    const type = isOldDirectory ? "directory" : (TYPES[entry.flag] ?? "other");
    if (linkName.length > MOST_PATH) throw new TroubleError("limit.name");
    const isLink = type === "symlink" || type === "hardlink";
    const row = this.#set(key, {
      type,
      hides: this.#rows.get(key)?.hides ?? false,
      size: type === "file" ? size : 0,
      mode,
      uid,
      gid,
      modifiedAt: Number.isSafeInteger(modifiedAt) ? modifiedAt : null,
      target: isLink ? linkName : null,
      offset: type === "file" ? (offset ?? null) : null,
      crc: type === "file" && offset !== undefined ? 0 : null,
    });
    if (type === "directory") this.#known.add(path);
    if (type === "file") {
      this.files += 1;
      this.bytesOfFiles += size;
      if (offset !== undefined) this.#file = row;
    }
  }

  /** Every directory on the way has a row, so that each layer alone is a whole tree. */
  #imply(directory: string): void {
    for (let at = directory; !this.#known.has(at); ) {
      const { directory: above, name } = split(at);
      this.#known.add(at);
      const key = keyOf(above, name);
      const there = this.#rows.get(key);
      if (there === undefined || there.type === "removed") {
        this.#set(key, { ...NOTHING, type: "implied", hides: there?.type === "removed" });
      }
      at = above;
    }
  }

  #remove(key: string): void {
    const there = this.#rows.get(key);
    if (there === undefined) this.#set(key, { ...NOTHING, type: "removed" });
    else there.hides = there.type !== "removed";
  }

  #set(key: string, row: Omit<Draft, "key">): Draft {
    const there = this.#rows.get(key);
    const made: Draft = { ...row, key, hides: row.hides || there?.type === "removed" };
    // Set anew, so that nothing of the old one is left.
    this.#rows.set(key, made);
    if (this.#rows.size > this.#limits.entries) throw new TroubleError("limit.entries");
    return made;
  }

  /** A hard link is the file that it names, where this layer has that file. */
  #follow(row: Draft): void {
    const path = cleanPath(row.target ?? "");
    if (path === undefined || path === "") return;
    const { directory, name } = split(path);
    const file = this.#rows.get(keyOf(directory, name));
    if (file?.type !== "file" && file?.type !== "hardlink") return;
    row.size = file.size;
    row.offset = file.offset;
    row.crc = file.crc;
  }
}
