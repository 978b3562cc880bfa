import type { SeededNumbers } from "../../clients/random.ts";

/** Bytes in a registry, and those bytes themselves, to be pushed again. */
export interface Blob {
  readonly digest: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A manifest with all that a client needs to push it again, and to know it when it is pulled. */
export interface Item {
  readonly repository: string;
  /** The tag that names it; null where something else holds it. */
  readonly tag: string | null;
  readonly digest: string;
  readonly mediaType: string;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly blobs: readonly Blob[];
  /** Children and referrers: they live and go with it. */
  readonly followers: readonly Item[];
}

/** How many of the deleted are remembered, to be pushed again. */
const GRAVES = 200;

/**
 * What was acknowledged and not deleted since. An item is one pusher's until it is live, and one
 * deleter's from the moment before its deletion is sent: so what is in here has to be there.
 */
export class Stock {
  readonly #live = new Set<Item>();
  readonly #graves: Item[] = [];
  /** Whose pushes or deletions nobody knows the end of. */
  readonly doubtful = new Set<Item>();

  get size(): number {
    return this.#live.size;
  }

  all(): Item[] {
    return [...this.#live];
  }

  isLive(item: Item): boolean {
    return this.#live.has(item);
  }

  pushed(item: Item): void {
    this.#live.add(item);
  }

  pick(numbers: SeededNumbers): Item | undefined {
    return numbers.pick(this.all());
  }

  /** Takes an item out, for the one who deletes it. */
  take(numbers: SeededNumbers): Item | undefined {
    const item = this.pick(numbers);
    if (item !== undefined) this.#live.delete(item);
    return item;
  }

  bury(item: Item): void {
    this.#graves.push(item);
    if (this.#graves.length > GRAVES) this.#graves.shift();
  }

  /** Takes out one of the deleted, the younger the likelier. */
  exhume(numbers: SeededNumbers): Item | undefined {
    const back = numbers.pick([1, 1, 1, 2, 3, 5, 8, 20]) ?? 1;
    return this.#graves.splice(-back, 1)[0];
  }
}

/** The blobs that live content needs, with their sizes: each once, however many repositories link it. */
export function needed(items: readonly Item[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  const add = ({ blobs, followers }: Item): void => {
    for (const { digest, bytes } of blobs) sizes.set(digest, bytes.byteLength);
    for (const each of followers) add(each);
  };
  for (const each of items) add(each);
  return sizes;
}
