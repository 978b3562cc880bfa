import { Failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import { appendEntries } from "./store/append.ts";
import type { Item } from "./store/record.ts";

interface Waiting {
  readonly items: readonly Item[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Items that share one transaction; more would only make the first ones wait. */
const MOST = 500;

/**
 * The way of this node's own entries into the log: those that come while a transaction is under
 * way share the next one, because each of them would wait for the same head of a chain.
 */
export class Lane {
  readonly #db: Database;
  readonly #headKey: string;
  #queue: Waiting[] = [];
  #isWorking = false;

  constructor(db: Database, headKey: string) {
    this.#db = db;
    this.#headKey = headKey;
  }

  /** Durable when resolved. Throws `service.database_unavailable`. */
  append(items: readonly Item[]): Promise<void> {
    if (items.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#queue.push({ items, resolve, reject });
      if (!this.#isWorking) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    // What the same turn of the event loop brings travels together.
    await Promise.resolve();
    while (this.#queue.length > 0) await this.#write(this.#take());
    this.#isWorking = false;
  }

  #take(): Waiting[] {
    let count = 0;
    let size = 0;
    for (const { items } of this.#queue) {
      if (count > 0 && size + items.length > MOST) break;
      count += 1;
      size += items.length;
    }
    return this.#queue.splice(0, count);
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const items = group.flatMap((each) => each.items);
    try {
      await this.#db.write(appendEntries, { headKey: this.#headKey, items });
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (group.length === 1 || error instanceof Failure) {
        for (const { reject } of group) reject(error);
        return;
      }
      // A mistake in one is no fault of its neighbours.
      for (const each of group) await this.#write([each]);
    }
  }
}
