/** Something that stands at a key; undefined at its end. */
export interface AtKey {
  readonly head: { readonly key: string } | undefined;
}

/** Many things that each stand at a key: gives the first of them, of equal ones the last given. */
export class KeyHeap<T extends AtKey> {
  readonly #items: readonly T[];
  /** Places in `items`; each comes before the two that are below it. */
  readonly #places: number[] = [];

  constructor(items: readonly T[]) {
    this.#items = items;
    for (let place = 0; place < items.length; place++) this.put(place);
  }

  /** The first key of all. */
  get key(): string | undefined {
    const [first] = this.#places;
    return first === undefined ? undefined : this.#items[first]?.head?.key;
  }

  /** Takes the place of what is first. */
  take(): number | undefined {
    const places = this.#places;
    const [first] = places;
    const last = places.pop();
    if (last === undefined || places.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const child =
        right < places.length && this.#isBefore(places[right], places[left]) ? right : left;
      const below = places[child];
      if (child >= places.length || below === undefined || this.#isBefore(last, below)) break;
      places[at] = below;
      at = child;
    }
    places[at] = last;
    return first;
  }

  /** Puts it back, unless it is at its end. */
  put(place: number): void {
    if (this.#items[place]?.head === undefined) return;
    const places = this.#places;
    let at = places.length;
    for (;;) {
      const up = (at - 1) >>> 1;
      const above = places[up];
      if (at === 0 || above === undefined || this.#isBefore(above, place)) break;
      places[at] = above;
      at = up;
    }
    places[at] = place;
  }

  #isBefore(a: number | undefined, b: number | undefined): boolean {
    if (a === undefined || b === undefined) return a !== undefined;
    const [left = "", right = ""] = [this.#items[a]?.head?.key, this.#items[b]?.head?.key];
    return left < right || (left === right && a > b);
  }
}
