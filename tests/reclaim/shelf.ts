/** A repository as rows have it. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly isDeleted: boolean;
  /** Whether it is being removed for good. */
  readonly isGoing: boolean;
}

/** One of the repositories that a name stood for, one after the other. */
interface Place {
  readonly key: string;
  readonly name: string;
  /** Undefined until its row was seen. */
  row: Row | undefined;
  isDeleted: boolean;
  /** Until when it can be had back. */
  keptUntil: number;
  isEmptied: boolean;
  isGoing: boolean;
  isGone: boolean;
  /** Deleted in the step under way: a sweep may have been before that. */
  isFresh: boolean;
}

/** Which repositories there must be, live and in the trash, by what was acknowledged. */
export class Shelf {
  readonly #keep: number;
  readonly #places: Place[] = [];
  #made = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** The key of the repository that a name stands for now, or will with the next push. */
  current(name: string): string {
    return this.#current(name).key;
  }

  /** What was ever deleted under a name, the last first, counted round. */
  deleted(name: string, which: number): { key: string; id: string } | undefined {
    const all = this.#places.filter((each) => each.name === name && each.isDeleted).reverse();
    const place = all[which % Math.max(1, all.length)];
    return place?.row === undefined ? undefined : { key: place.key, id: place.row.id };
  }

  /** Keys and ids of all whose rows must be there, or may be. */
  there(): { key: string; id: string }[] {
    return this.#places.flatMap(({ key, row, isGone }) =>
      row === undefined || isGone ? [] : [{ key, id: row.id }],
    );
  }

  gone(): string[] {
    return this.#places.flatMap(({ row, isGone }) => (row !== undefined && isGone ? [row.id] : []));
  }

  isLive(name: string): boolean {
    return this.#current(name).row !== undefined;
  }

  /** Whether it is being removed: what it held may go in any order. */
  isGoing(key: string): boolean {
    return this.#at(key).isGoing;
  }

  /** Whether time stands still in it. */
  isStill(key: string): boolean {
    const { isDeleted, isFresh } = this.#at(key);
    return isDeleted && !isFresh;
  }

  /** Whether it must be in the trash still. */
  mustBeTrashed(key: string, now: number): boolean {
    const { isDeleted, isEmptied, isGoing, keptUntil } = this.#at(key);
    return isDeleted && !isEmptied && !isGoing && now < keptUntil;
  }

  deletedNow(key: string, now: number): string[] {
    const place = this.#at(key);
    const wrong = place.isDeleted || place.row === undefined ? [`${key} was not there`] : [];
    Object.assign(place, { isDeleted: true, isFresh: true, keptUntil: now + this.#keep });
    return wrong;
  }

  restored(key: string): string[] {
    const place = this.#at(key);
    const other = this.#current(place.name);
    if (other.row !== undefined) return [`${key} came back over another`];
    if (place.isEmptied || place.isGoing) return [`${key} came back and was let go`];
    this.#places.splice(this.#places.indexOf(other), 1);
    place.isDeleted = false;
    return [];
  }

  emptied(key: string): string[] {
    const place = this.#at(key);
    if (place.isGoing) return [`${key} was let go twice`];
    place.isEmptied = true;
    return [];
  }

  /** Takes in what the rows say; `used` tells whether anything was acknowledged there. */
  see(rows: readonly Row[], used: (key: string) => boolean, now: number): string[] {
    const wrong: string[] = [];
    const known = new Set(this.#places.map(({ row }) => row?.id));
    for (const row of rows) {
      if (known.has(row.id)) continue;
      const place = this.#current(row.name);
      if (place.row === undefined && !row.isDeleted) place.row = row;
      else wrong.push(`${row.name} ${row.id} should not be there`);
    }
    for (const place of this.#places) {
      if (place.isGone) continue;
      const row = rows.find(({ id }) => id === place.row?.id);
      if (place.isDeleted) wrong.push(...this.#seeDeleted(place, row, now));
      else if (place.row === undefined && used(place.key)) wrong.push(`${place.key} is not there`);
      else if (place.row !== undefined && (row === undefined || row.isDeleted || row.isGoing)) {
        wrong.push(`${place.key} is not there any more`);
      }
    }
    return wrong;
  }

  /** The step is over. */
  settle(): void {
    for (const place of this.#places) place.isFresh = false;
  }

  #seeDeleted(place: Place, row: Row | undefined, now: number): string[] {
    const { key, isEmptied, keptUntil } = place;
    if (row !== undefined && !row.isDeleted) return [`${key} came back by itself`];
    const isGoing = row === undefined || row.isGoing;
    place.isGoing ||= isGoing;
    place.isGone = row === undefined;
    if (isEmptied && !isGoing) return [`${key} can be had back`];
    return isGoing && !isEmptied && now < keptUntil ? [`${key} went too soon`] : [];
  }

  #at(key: string): Place {
    const place = this.#places.find((each) => each.key === key);
    if (place === undefined) throw new Error(`no repository ${key}`);
    return place;
  }

  #current(name: string): Place {
    const live = this.#places.find((each) => each.name === name && !each.isDeleted);
    if (live !== undefined) return live;
    const made: Place = {
      key: `${name}#${this.#made++}`,
      name,
      row: undefined,
      isDeleted: false,
      keptUntil: 0,
      isEmptied: false,
      isGoing: false,
      isGone: false,
      isFresh: false,
    };
    this.#places.push(made);
    return made;
  }
}
