import { BoundedCache } from "../../../kernel/bounded-cache.ts";
import type { Clock } from "../../../kernel/clock.ts";
import type { Database } from "../../../platform/database/port.ts";
import { revisionRead } from "./store.ts";

/** How often other nodes' changes are looked for. */
const EVERY = 500;
/** What was not confirmed for this long is not believed any more. */
const STALE = 5_000;

/**
 * Tells when what decisions are made from has changed, so that they can be made from memory: at
 * once for changes of this process, within half a second for those of other nodes.
 */
export class Revision {
  readonly #read: () => Promise<number>;
  readonly #clock: Clock;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #caches = new Set<{ clear(): void }>();
  #seen = -1;
  #confirmed = Number.NEGATIVE_INFINITY;
  #underway: Promise<void> | undefined;
  #closed = false;

  constructor(db: Database, clock: Clock) {
    this.#read = revisionRead(db);
    this.#clock = clock;
    this.#timer = setInterval(() => void this.changed().catch(() => {}), EVERY);
    this.#timer.unref();
  }

  /** A cache of at most `most` entries that is emptied at each change. */
  cache<V>(most: number): BoundedCache<V> {
    const cache = new BoundedCache<V>(most);
    this.#caches.add(cache);
    return cache;
  }

  /** Whether caches may be answered from: false when the database was silent for seconds. */
  get isFresh(): boolean {
    return this.#clock.now() - this.#confirmed < STALE;
  }

  /** Counts the changes seen: what was read under one number is not kept under another. */
  get number(): number {
    return this.#seen;
  }

  /** Looks again now. Services call it after each write, before they answer. */
  async changed(): Promise<void> {
    if (this.#closed) return;
    // A look that is under way may have begun before the caller's commit.
    await this.#underway?.catch(() => {});
    this.#underway ??= this.#look().finally(() => {
      this.#underway = undefined;
    });
    await this.#underway;
  }

  async #look(): Promise<void> {
    const at = this.#clock.now();
    const seen = await this.#read();
    if (seen !== this.#seen) {
      this.#seen = seen;
      for (const cache of this.#caches) cache.clear();
    }
    this.#confirmed = at;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }
}
