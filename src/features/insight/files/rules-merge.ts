import { KeyHeap } from "./rules-heap.ts";
import { isWithin, type KeyRange, keyOf, type Named, namedBy, pathOf, split } from "./rules-key.ts";
import { isDirectory, type Row } from "./rules-row.ts";

/** The rows of one layer, in order; `undefined` at the end. */
export interface Source {
  /** The row that is next, without going on. */
  readonly head: Row | undefined;
  /** Goes on to the next row. */
  advance(): void | Promise<void>;
  /** Goes to the first row whose key is not before this one. */
  seek(key: string): Promise<void>;
  /** The row of this key, wherever the source stands. */
  find(key: string): Promise<Row | undefined>;
}

/** An entry that is left when the layers lie upon one another, and which of them it comes from. */
export interface Seen {
  readonly named: Named;
  readonly key: string;
  readonly row: Row;
  readonly layer: number;
}

/** A row and its layer: those of one key, from the top down. */
interface Placed {
  readonly row: Row;
  readonly layer: number;
}

interface Verdict {
  readonly seen: Placed | undefined;
  /** The lowest layer that shows in the directory of that name. */
  readonly cut: number;
}

/** What the rows of one name come to, in a directory where layers below `cut` do not show. */
function judge(placed: readonly Placed[], cut: number): Verdict {
  let top: Placed | undefined;
  let own: Placed | undefined;
  for (const each of placed) {
    if (each.layer < cut) break;
    const { row, layer } = each;
    if (!isDirectory(row)) {
      if (top !== undefined) return { seen: own ?? top, cut: layer + 1 };
      // Nothing is in what is no directory, of whatever layer.
      const isGone = row.type === "removed";
      return isGone ? { seen: undefined, cut: layer + 1 } : { seen: each, cut: EVERY_LAYER };
    }
    top ??= each;
    // One that is only implied says nothing of the directory: that is for the layers below.
    if (row.type === "directory") own ??= each;
    if (row.hides) return { seen: own ?? top, cut: layer };
  }
  return { seen: own ?? top, cut };
}

const EVERY_LAYER = Number.MAX_SAFE_INTEGER;

/** A directory on the way to where the walk is. */
interface Frame {
  readonly directory: string;
  cut: number;
  /** Where the directories in it are cut off, where that differs; undefined: to be looked up. */
  cuts: Map<string, number> | undefined;
}

export interface MergeOptions {
  /** Whether what was removed is shown too: of one layer alone. */
  readonly showsRemoved: boolean;
}

/** More of them are not remembered but looked up. */
const MOST_CUTS = 10_000;

/**
 * Walks through what is left of a range of keys when layers, the lowest first, lie upon one
 * another (image-spec, "Applying Changesets"): an upper entry stands for those below it, a
 * whiteout for none, and an opaque directory ends what is below. Links are followed nowhere.
 */
export class Merge {
  readonly #sources: readonly Source[];
  readonly #to: string | undefined;
  #heap: KeyHeap<Source> = new KeyHeap<Source>([]);
  #frames: Frame[] = [];
  readonly #showsRemoved: boolean;
  #looked = 0;
  /** The key that was looked at last. */
  last: string | undefined;

  private constructor(
    sources: readonly Source[],
    to: string | undefined,
    { showsRemoved }: MergeOptions,
  ) {
    this.#sources = sources;
    this.#to = to;
    this.#showsRemoved = showsRemoved;
  }

  static async open(
    sources: readonly Source[],
    { from, to }: KeyRange,
    options: MergeOptions = { showsRemoved: false },
  ): Promise<Merge> {
    const merge = new Merge(sources, to, options);
    for (const source of sources) await source.seek(from);
    merge.#heap = new KeyHeap(sources);
    const { directory, name } = namedBy(from);
    await merge.#arrive(directory, name !== "");
    return merge;
  }

  /** The directory itself, if it shows and is one; the root always is. */
  static async shows(sources: readonly Source[], path: string): Promise<Seen | undefined> {
    const merge = new Merge(sources, undefined, { showsRemoved: false });
    const named = split(path);
    await merge.#arrive(named.directory, true);
    return await merge.#lookUp(named);
  }

  /** The next entry that shows; undefined at the end. Stops after `most` keys and says "more". */
  async next(most: number): Promise<Seen | "more" | undefined> {
    for (;;) {
      const { key } = this.#heap;
      if (key === undefined || (this.#to !== undefined && key >= this.#to)) return undefined;
      if (this.#looked >= most) return "more";
      this.#looked += 1;
      this.last = key;
      const placed = await this.#takeAll(key);
      const named = namedBy(key);
      const frame = await this.#stand(named.directory);
      if (named.name === "") {
        // It comes before everything else in its directory.
        frame.cut = Math.max(frame.cut, opaqueIn(placed));
        continue;
      }
      const { seen, cut } = judge(placed, frame.cut);
      remember(frame, pathOf(named), cut, placed);
      const shown = seen ?? (this.#showsRemoved ? placed[0] : undefined);
      if (shown !== undefined) return { named, key, ...shown };
    }
  }

  /** Takes the rows of a key from every source that is at it, from the top down. */
  async #takeAll(key: string): Promise<Placed[]> {
    const placed: Placed[] = [];
    const taken: number[] = [];
    while (this.#heap.key === key) {
      const layer = this.#heap.take() ?? 0;
      const source = this.#sources[layer];
      if (source?.head === undefined) continue;
      placed.push({ row: source.head, layer });
      taken.push(layer);
      const advanced = source.advance();
      if (advanced !== undefined) await advanced;
    }
    for (const layer of taken) this.#heap.put(layer);
    return placed;
  }

  /** Leaves the directories that the walk is done with, and enters the one that comes next. */
  async #stand(directory: string): Promise<Frame> {
    for (;;) {
      const top = this.#frames.at(-1);
      if (top?.directory === directory) return top;
      if (top === undefined || isWithin(directory, top.directory)) break;
      this.#frames.pop();
    }
    const cut = await this.#cutOf(directory, this.#frames.at(-1));
    const frame: Frame = { directory, cut, cuts: new Map() };
    this.#frames.push(frame);
    return frame;
  }

  /** Enters a directory and all above it in their middle: what the walk did not see is looked up. */
  async #arrive(directory: string, isInMiddle: boolean): Promise<void> {
    const way = [directory];
    for (let at = directory; at !== ""; way.unshift(at)) at = split(at).directory;
    for (const each of way) {
      const frame = await this.#stand(each);
      for (let layer = this.#sources.length - 1; layer > frame.cut; layer--) {
        const row = await this.#sources[layer]?.find(keyOf(each, ""));
        if (row?.type === "opaque") frame.cut = layer;
      }
      if (each !== directory || isInMiddle) frame.cuts = undefined;
    }
  }

  async #cutOf(directory: string, above: Frame | undefined): Promise<number> {
    if (above === undefined) return 0;
    if (above.cuts !== undefined) return above.cuts.get(directory) ?? above.cut;
    return judge(await this.#placed(split(directory)), above.cut).cut;
  }

  async #placed({ directory, name }: Named): Promise<Placed[]> {
    const placed: Placed[] = [];
    for (let layer = this.#sources.length - 1; layer >= 0; layer--) {
      const row = await this.#sources[layer]?.find(keyOf(directory, name));
      if (row !== undefined) placed.push({ row, layer });
    }
    return placed;
  }

  async #lookUp(named: Named): Promise<Seen | undefined> {
    const { seen } = judge(await this.#placed(named), this.#frames.at(-1)?.cut ?? 0);
    return seen === undefined
      ? undefined
      : { named, key: keyOf(named.directory, named.name), ...seen };
  }
}

/** The highest layer that ends the ones below it in a directory; 0 for none. */
function opaqueIn(placed: readonly Placed[]): number {
  return placed.find(({ row }) => row.type === "opaque")?.layer ?? 0;
}

/** Keeps where a directory is cut off, if it may be entered and that differs from what is around it. */
function remember(frame: Frame, path: string, cut: number, placed: readonly Placed[]): void {
  if (frame.cuts === undefined || cut === frame.cut) return;
  if (!placed.some(({ row }) => isDirectory(row))) return;
  if (frame.cuts.size >= MOST_CUTS) frame.cuts = undefined;
  else frame.cuts.set(path, cut);
}
