/** Kept back of the deadline for what must be ended after the last request: jobs, database, locks. */
const RESERVE_SHARE = 0.1;
const MOST_RESERVE = 1_000;

/** Ends one thing within `left` milliseconds. */
export type Closer = (left: number) => Promise<unknown>;

/** Ends things in the reverse order of their opening, all of them within one deadline. */
export class Closing {
  readonly #deadline: number;
  readonly #closers: Closer[] = [];

  /** `deadline` in milliseconds, counted from `close`. */
  constructor(deadline: number) {
    this.#deadline = deadline - Math.min(MOST_RESERVE, deadline * RESERVE_SHARE);
  }

  add(closer: Closer): void {
    this.#closers.push(closer);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const until = performance.now() + this.#deadline;
    for (let closer = this.#closers.pop(); closer; closer = this.#closers.pop()) {
      await closer(Math.max(0, until - performance.now()));
    }
  }
}
