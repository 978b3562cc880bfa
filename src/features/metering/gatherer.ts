import { type Clock, HOUR, SECOND } from "../../kernel/clock.ts";
import { newSecretId } from "../../kernel/ids.ts";
import { startOf } from "./rules.ts";
import { sizeOf, split } from "./split.ts";
import { HourOfUse, type Logins, type Usage, type Use } from "./usage.ts";

/** Sums to be stored. `node` and `seq` name them, so that none is added twice. */
export interface Batch {
  readonly node: string;
  readonly seq: number;
  readonly usage: Usage;
}

export interface GathererOptions {
  readonly clock: Clock;
  /** Adds a batch to what is stored; one that was added before changes nothing. */
  readonly add: (batch: Batch) => Promise<void>;
  /** How logins of this process ended, since it began. */
  readonly logins: () => Logins;
  readonly onFault: (error: unknown) => void;
  readonly flushMs?: number;
  /** Most sums in memory, those that wait for the database included. */
  readonly most?: number;
  /** Most sums that are written in one transaction: some milliseconds. */
  readonly batch?: number;
}

const FLUSH = 5 * SECOND;
const MOST = 50_000;
const BATCH = 500;
const TRIES_AT_THE_END = 3;

/**
 * Counts in memory and writes behind, some seconds later, in short transactions. Nobody waits for
 * it, and it refuses nobody: while the database is away sums wait, and beyond `most` of them what
 * is new is counted for the hour alone. Who is killed loses what was counted since the last write.
 */
export class UsageGatherer {
  readonly #options: Required<GathererOptions>;
  readonly #node = newSecretId();
  readonly #timer: ReturnType<typeof setInterval>;
  #current: HourOfUse;
  #end: number;
  #seq = 0;
  #known: Logins = { done: 0, denied: 0 };
  readonly #batches: { readonly batch: Batch; readonly size: number }[] = [];
  #waiting = 0;
  #writing: Promise<boolean> | undefined;
  #isFailing = false;
  #reduced = 0;

  constructor(options: GathererOptions) {
    this.#options = { flushMs: FLUSH, most: MOST, batch: BATCH, ...options };
    this.#current = new HourOfUse(startOf("hour", options.clock.now()));
    this.#end = this.#current.hour + HOUR;
    this.#timer = setInterval(() => void this.flush(), this.#options.flushMs);
    this.#timer.unref();
  }

  /** Sums that are not stored yet. */
  get waiting(): number {
    return this.#waiting + this.#current.size;
  }

  /** Uses that were counted for the hour alone, for want of room. */
  get reduced(): number {
    return this.#reduced;
  }

  /** Counts one use; never throws. */
  count(use: Use): void {
    const now = this.#options.clock.now();
    if (now >= this.#end || now < this.#current.hour) this.#turn(now);
    const room = this.#options.most - this.#waiting;
    if (!this.#current.count(use, now, room)) this.#reduced += 1;
  }

  /** Writes what was counted; false when it has to wait for the next time. */
  async flush(): Promise<boolean> {
    await this.#writing;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** Writes what is left. What cannot be written after some tries is lost, and told of. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (let left = TRIES_AT_THE_END; left > 0; left--) if (await this.flush()) return;
    this.#options.onFault(new Error(`${this.waiting} figures of use are lost`));
  }

  /** Begins another hour; what was counted of the last one waits to be written. */
  #turn(now: number): void {
    this.#freeze();
    this.#current = new HourOfUse(startOf("hour", now));
    this.#end = this.#current.hour + HOUR;
  }

  /** From here on what was counted stays as it is, under a number of its own. */
  #freeze(): void {
    const { done, denied } = this.#options.logins();
    this.#current.addLogins({ done: done - this.#known.done, denied: denied - this.#known.denied });
    this.#known = { done, denied };
    const current = this.#current;
    if (current.isEmpty) return;
    for (const usage of split(current.sum(), this.#options.batch)) {
      this.#seq += 1;
      const size = usage.repositories.reduce((all, each) => all + sizeOf(each), 0);
      this.#batches.push({ batch: { node: this.#node, seq: this.#seq, usage }, size });
      this.#waiting += size;
    }
    this.#current = new HourOfUse(current.hour);
  }

  async #write(): Promise<boolean> {
    try {
      // What waits from before goes first: until it is stored, the rest is summed up on.
      await this.#drain();
      const now = this.#options.clock.now();
      if (now >= this.#end || now < this.#current.hour) this.#turn(now);
      else this.#freeze();
      await this.#drain();
      this.#isFailing = false;
      return true;
    } catch (error) {
      if (!this.#isFailing) this.#options.onFault(error);
      this.#isFailing = true;
      return false;
    }
  }

  async #drain(): Promise<void> {
    for (let first = this.#batches[0]; first !== undefined; first = this.#batches[0]) {
      await this.#options.add(first.batch);
      this.#batches.shift();
      this.#waiting -= first.size;
    }
  }
}
