import { TroubleError } from "../trouble.ts";
import { BLOCK, type Header, isZero, readHeader } from "./header.ts";
import { readPax, timeOf, wholeOf } from "./pax.ts";

/** An entry of an archive, its names as they stand there. */
export interface TarEntry extends Omit<Header, "sparse"> {
  /** Where its bytes begin in the archive; undefined for what is stored with holes. */
  readonly offset: number | undefined;
}

export interface TarVisitor {
  /** Called at each entry, before its bytes. */
  entry(entry: TarEntry): void;
  /** The bytes of the file whose entry came last, piece by piece; the pieces are not kept. */
  bytes(piece: Uint8Array): void;
  /** The bytes of that file have all come. */
  fileEnd(): void;
}

/** Longer names, and larger headers, than any file system or tool has. */
const MOST_HEADER = 1_048_576;

/** Those that are their header alone, whatever size they claim. */
const HEADER_ONLY = new Set(["1", "2", "3", "4", "5", "6"]);

type State =
  | { readonly is: "header" }
  | { readonly is: "long"; readonly flag: string; readonly gathered: Uint8Array; filled: number }
  | { readonly is: "sparse-map" }
  | { readonly is: "data"; readonly isFile: boolean }
  | { readonly is: "end" };

/**
 * Reads an archive as its bytes come, keeping at most one header: POSIX, pax and GNU, as they
 * are found in layers. Throws `damaged`, and `limit.header` for a header of absurd size.
 */
export class TarScanner {
  readonly #visitor: TarVisitor;
  readonly #block = new Uint8Array(BLOCK);
  #filled = 0;
  #at = 0;
  #state: State = { is: "header" };
  /** Bytes of the current data, and of what fills its last block. */
  #left = 0;
  #padding = 0;
  #longName: string | undefined;
  #longLink: string | undefined;
  #pax: ReadonlyMap<string, string> | undefined;
  #sparse: { header: Header; offset: undefined } | undefined;

  constructor(visitor: TarVisitor) {
    this.#visitor = visitor;
  }

  /** Whether the archive's end was met: what follows is no part of it. */
  get isEnded(): boolean {
    return this.#state.is === "end";
  }

  write(chunk: Uint8Array): void {
    let from = 0;
    while (from < chunk.byteLength && this.#state.is !== "end") {
      const used = this.#take(chunk.subarray(from));
      from += used;
      this.#at += used;
      this.#settle();
    }
  }

  /** All bytes have come. Throws `damaged` in the middle of something. */
  end(): void {
    const isWhole = this.#state.is === "end" || (this.#state.is === "header" && this.#filled === 0);
    if (!isWhole || this.#longName !== undefined || this.#pax !== undefined) {
      throw new TroubleError("damaged");
    }
  }

  /** Uses a part of what came; gives how much. */
  #take(chunk: Uint8Array): number {
    const state = this.#state;
    if (state.is === "header" || state.is === "sparse-map") {
      const count = Math.min(BLOCK - this.#filled, chunk.byteLength);
      this.#block.set(chunk.subarray(0, count), this.#filled);
      this.#filled += count;
      return count;
    }
    if (this.#left === 0) {
      const count = Math.min(this.#padding, chunk.byteLength);
      this.#padding -= count;
      return count;
    }
    const count = Math.min(this.#left, chunk.byteLength);
    this.#left -= count;
    const piece = chunk.subarray(0, count);
    if (state.is === "long") {
      state.gathered.set(piece, state.filled);
      state.filled += count;
    } else if (state.is === "data" && state.isFile) {
      this.#visitor.bytes(piece);
    }
    return count;
  }

  /** Goes on from whatever is complete. */
  #settle(): void {
    const state = this.#state;
    if (state.is === "header" && this.#filled === BLOCK) {
      this.#filled = 0;
      this.#header();
    } else if (state.is === "sparse-map" && this.#filled === BLOCK) {
      this.#filled = 0;
      // struct sparse_header: 21 pairs, then whether another one follows.
      if (this.#block[504] !== 1) this.#emitSparse();
    } else if (this.#left === 0 && this.#padding === 0) {
      if (state.is === "long") this.#keepLong(state.flag, state.gathered);
      if (state.is === "data" && state.isFile) this.#visitor.fileEnd();
      if (state.is === "long" || state.is === "data") this.#state = { is: "header" };
    }
  }

  #expect(size: number): void {
    this.#left = size;
    this.#padding = (BLOCK - (size % BLOCK)) % BLOCK;
  }

  #header(): void {
    if (isZero(this.#block)) {
      this.#state = { is: "end" };
      return;
    }
    const header = readHeader(this.#block);
    const { flag, size } = header;
    if ("xgLK".includes(flag)) {
      if (size > MOST_HEADER) throw new TroubleError("limit.header");
      this.#expect(size);
      this.#state = { is: "long", flag, gathered: new Uint8Array(size), filled: 0 };
      if (size === 0) this.#settle();
      return;
    }
    if (header.sparse !== undefined) {
      this.#sparse = { header, offset: undefined };
      if (header.sparse.more) this.#state = { is: "sparse-map" };
      else this.#emitSparse();
      return;
    }
    this.#emit(header);
  }

  #keepLong(flag: string, bytes: Uint8Array): void {
    const end = bytes.indexOf(0);
    const text = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
    if (flag === "L") this.#longName = text;
    else if (flag === "K") this.#longLink = text;
    else if (flag === "x") this.#pax = readPax(bytes);
    // "g" speaks of all that follows; what it could change here no tool leaves to it.
  }

  #emitSparse(): void {
    const sparse = this.#sparse;
    this.#sparse = undefined;
    if (sparse !== undefined) this.#emit(sparse.header);
  }

  #emit(header: Header): void {
    const pax = this.#pax ?? new Map<string, string>();
    const { sparse, ...plain } = header;
    const stored = HEADER_ONLY.has(header.flag) ? 0 : (wholeOf(pax, "size") ?? header.size);
    const isPaxSparse = [...pax.keys()].some((key) => key.startsWith("GNU.sparse."));
    const whole =
      sparse?.size ?? wholeOf(pax, "GNU.sparse.realsize") ?? wholeOf(pax, "GNU.sparse.size");
    const hasHoles = sparse !== undefined || isPaxSparse;
    const isFile = !HEADER_ONLY.has(header.flag);
    this.#expect(stored);
    this.#state = { is: "data", isFile: isFile && !hasHoles };
    const entry: TarEntry = {
      ...plain,
      flag: header.flag === "S" ? "0" : header.flag,
      name: pax.get("GNU.sparse.name") ?? pax.get("path") ?? this.#longName ?? header.name,
      linkName: pax.get("linkpath") ?? this.#longLink ?? header.linkName,
      size: hasHoles ? (whole ?? stored) : stored,
      uid: wholeOf(pax, "uid") ?? header.uid,
      gid: wholeOf(pax, "gid") ?? header.gid,
      modifiedAt: timeOf(pax, "mtime") ?? header.modifiedAt,
      offset: isFile && !hasHoles ? this.#at : undefined,
    };
    this.#longName = undefined;
    this.#longLink = undefined;
    this.#pax = undefined;
    this.#visitor.entry(entry);
    if (stored === 0) this.#settle();
  }
}
