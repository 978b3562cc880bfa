import { type Clock, SECOND } from "../../kernel/clock.ts";
import type { Count } from "./store.ts";

/** Where counts are kept for all nodes. */
export interface Ledger {
  find(subject: string, now: number): Promise<Count | undefined>;
  /** Adds, and gives what is there afterwards. */
  add(counts: readonly Count[], now: number): Promise<readonly Count[]>;
}

/** What others counted is looked at again after so long. */
const STALE = 5 * SECOND;
/** Subjects remembered: any that has nothing to write can be forgotten and read again. */
const MOST = 50_000;
/** So many with something to write are written at once, and not at the next tick. */
const MANY = 2_000;
const BATCH = 200;
/** How many of the oldest are looked at to find one that can be forgotten. */
const SEARCH = 64;

interface Entry {
  readonly subject: string;
  start: number;
  /** 0 while no window is open. */
  end: number;
  /** What the ledger had when it was last asked. */
  known: number;
  /** Counted here and not yet written. */
  waiting: number;
  /** On its way to the ledger. */
  underway: number;
  askedAt: number;
}

/** A window as it is now. */
export interface Standing {
  readonly used: number;
  /** When it ends, or would if it began now. */
  readonly end: number;
}

/**
 * Counts in windows that begin with the first count, in memory, and writes behind. On one node it
 * is exact however many come at once. Several nodes learn of each other's counts whenever they
 * write or after five seconds, so that together they may let through, over the limit, what the
 * others counted in that time.
 */
export class Tally {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #window: number;
  readonly #entries = new Map<string, Entry>();
  readonly #dirty = new Set<Entry>();
  readonly #asking = new Map<string, Promise<Entry>>();
  #writing: Promise<void> | undefined;

  /** `window` in milliseconds. */
  constructor(ledger: Ledger, clock: Clock, window: number) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#window = window;
  }

  /** How many subjects are remembered. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Counts one more unless `limit` is used up, and gives the window with it; `false` when it is.
   * At once, except where the ledger has to be asked first.
   */
  take(subject: string, limit: number): Taken | Promise<Taken> {
    const entry = this.#current(subject);
    if (entry === undefined) return this.#ask(subject).then((found) => this.#spend(found, limit));
    return this.#spend(entry, limit);
  }

  /** The window as it is, without counting. */
  show(subject: string): Standing | Promise<Standing> {
    const entry = this.#current(subject);
    if (entry === undefined) return this.#ask(subject).then((found) => this.#standing(found));
    return this.#standing(entry);
  }

  /** Writes what waits. One that fails leaves its counts waiting for the next. */
  flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** What memory may answer from: what was asked lately, or will be when it is written. */
  #current(subject: string): Entry | undefined {
    const entry = this.#entries.get(subject);
    if (entry === undefined) return undefined;
    const now = this.#clock.now();
    if (entry.end !== 0 && entry.end <= now) {
      // Another node may have opened the next window.
      this.#forget(entry);
      return undefined;
    }
    const isWaiting = entry.waiting > 0 || entry.underway > 0;
    return isWaiting || now - entry.askedAt < STALE ? entry : undefined;
  }

  #ask(subject: string): Promise<Entry> {
    const asked = this.#asking.get(subject);
    if (asked !== undefined) return asked;
    const answer = this.#read(subject).finally(() => this.#asking.delete(subject));
    this.#asking.set(subject, answer);
    return answer;
  }

  async #read(subject: string): Promise<Entry> {
    const askedAt = this.#clock.now();
    const found = await this.#ledger.find(subject, askedAt);
    const { start, end, count: known } = found ?? { start: 0, end: 0, count: 0 };
    const entry: Entry = { subject, start, end, known, waiting: 0, underway: 0, askedAt };
    this.#makeRoom();
    this.#entries.set(subject, entry);
    return entry;
  }

  #spend(entry: Entry, limit: number): Taken {
    const now = this.#clock.now();
    if (entry.end <= now) {
      entry.start = now;
      entry.end = now + this.#window;
      entry.known = 0;
    }
    if (used(entry) >= limit) return { taken: false, ...this.#standing(entry) };
    entry.waiting += 1;
    this.#dirty.add(entry);
    if (this.#dirty.size >= MANY) void this.flush().catch(() => {});
    return { taken: true, ...this.#standing(entry) };
  }

  #standing(entry: Entry): Standing {
    const now = this.#clock.now();
    if (entry.end <= now) return { used: 0, end: now + this.#window };
    return { used: used(entry), end: entry.end };
  }

  #forget(entry: Entry): void {
    this.#dirty.delete(entry);
    if (this.#entries.get(entry.subject) === entry) this.#entries.delete(entry.subject);
  }

  #makeRoom(): void {
    if (this.#entries.size < MOST) return;
    let looked = 0;
    for (const entry of this.#entries.values()) {
      if (entry.waiting === 0 && entry.underway === 0) {
        this.#forget(entry);
        return;
      }
      looked += 1;
      if (looked === SEARCH) return;
    }
  }

  async #write(): Promise<void> {
    const all = [...this.#dirty].sort((a, b) => (a.subject < b.subject ? -1 : 1));
    for (let at = 0; at < all.length; at += BATCH) await this.#writeSome(all.slice(at, at + BATCH));
  }

  async #writeSome(entries: readonly Entry[]): Promise<void> {
    const now = this.#clock.now();
    const due = entries.filter((entry) => entry.waiting > 0 && entry.end > now);
    for (const entry of entries) this.#dirty.delete(entry);
    if (due.length === 0) return;
    for (const entry of due) {
      entry.underway = entry.waiting;
      entry.waiting = 0;
    }
    const counts = due.map(({ subject, start, end, underway: count }) => {
      return { subject, start, end, count };
    });
    try {
      const found = await this.#ledger.add(counts, now);
      const bySubject = new Map(found.map((each) => [each.subject, each]));
      for (const entry of due) adopt(entry, bySubject.get(entry.subject), now);
    } catch (error) {
      // Whether it was committed nobody knows: counted twice at worst, never forgotten.
      for (const entry of due) {
        entry.waiting += entry.underway;
        entry.underway = 0;
        this.#dirty.add(entry);
      }
      throw error;
    }
  }
}

/** Whether it was counted, and the window after that. */
export interface Taken extends Standing {
  readonly taken: boolean;
}

function used({ known, waiting, underway }: Entry): number {
  return known + waiting + underway;
}

function adopt(entry: Entry, found: Count | undefined, now: number): void {
  entry.known = found?.count ?? entry.known + entry.underway;
  entry.start = found?.start ?? entry.start;
  entry.end = found?.end ?? entry.end;
  entry.underway = 0;
  entry.askedAt = now;
}
