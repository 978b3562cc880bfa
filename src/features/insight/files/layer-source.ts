import { gunzipSync } from "node:zlib";
import { BoundedCache } from "../../../kernel/bounded-cache.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Source } from "./rules-merge.ts";
import { type Row, unpackRows } from "./rules-row.ts";
import type { IndexReads, IndexRow } from "./store/read.ts";

/** Bytes of rows that are remembered, as far as they can be told. */
const MEMORY = 16 * 1024 * 1024;

/** Larger than any chunk is made, unpacked. */
const MOST_CHUNK = 1024 * 1024;

/** What a row takes besides its texts. */
const ROW = 200;

const NO_ROWS: readonly Row[] = [];

type Index = Pick<IndexRow, "digest" | "build">;

/** Gives the event loop its turn: whoever reads very many chunks must not hold up everybody else. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The chunks of all indexes, as many of them in memory as there is room for. */
export class Chunks {
  readonly #reads: Pick<IndexReads, "chunk" | "chunkFor">;
  readonly #cache = new BoundedCache<readonly Row[]>(MEMORY);

  constructor(reads: Pick<IndexReads, "chunk" | "chunkFor">) {
    this.#reads = reads;
  }

  /** The rows of a chunk; none past the last one. Those that are passed by are not remembered. */
  async rows({ digest, build }: Index, seq: number, isPassedBy: boolean): Promise<readonly Row[]> {
    const key = `${build} ${seq}`;
    const kept = this.#cache.get(key);
    if (kept !== undefined) return kept;
    const packed = await this.#reads.chunk(digest, seq);
    if (packed === undefined) return NO_ROWS;
    await breathe();
    const text = gunzipSync(packed, { maxOutputLength: MOST_CHUNK }).toString();
    const rows = unpackRows(text);
    if (rows === undefined) throw failure("service.content_damaged", { digest });
    if (!isPassedBy) this.#cache.set(key, rows, text.length * 3 + rows.length * ROW);
    return rows;
  }

  chunkFor({ digest }: Index, key: string): Promise<number> {
    return this.#reads.chunkFor(digest, key);
  }
}

/** The place of the first row whose key is not before this one. */
function placeOf(rows: readonly Row[], key: string): number {
  let from = 0;
  let to = rows.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((rows[middle]?.key ?? "") < key) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The rows of one layer, a chunk at a time. */
export class LayerSource implements Source {
  readonly #chunks: Chunks;
  readonly #index: Index;
  #rows: readonly Row[] = NO_ROWS;
  #seq = 0;
  #at = 0;

  constructor(chunks: Chunks, index: Index) {
    this.#chunks = chunks;
    this.#index = index;
  }

  get head(): Row | undefined {
    return this.#rows[this.#at];
  }

  advance(): void | Promise<void> {
    this.#at += 1;
    if (this.#at >= this.#rows.length && this.#rows.length > 0)
      return this.#load(this.#seq + 1, true);
  }

  async seek(key: string): Promise<void> {
    await this.#load(await this.#chunks.chunkFor(this.#index, key), false);
    while (this.#rows.length > 0) {
      this.#at = placeOf(this.#rows, key);
      if (this.#at < this.#rows.length) return;
      await this.#load(this.#seq + 1, false);
    }
  }

  async find(key: string): Promise<Row | undefined> {
    let seq = await this.#chunks.chunkFor(this.#index, key);
    for (;;) {
      const rows = await this.#chunks.rows(this.#index, seq, false);
      const found = rows[placeOf(rows, key)];
      if (found !== undefined) return found.key === key ? found : undefined;
      if (rows.length === 0) return undefined;
      seq += 1;
    }
  }

  async #load(seq: number, isPassedBy: boolean): Promise<void> {
    this.#rows = await this.#chunks.rows(this.#index, seq, isPassedBy);
    this.#seq = seq;
    this.#at = 0;
  }
}
