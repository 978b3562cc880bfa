import { failure } from "../../kernel/errors/catalogue.ts";

/** Lets a few walks go at a time, and a few more wait. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  readonly #most: number;
  readonly #mostWaiting: number;
  #inside = 0;

  constructor({ most, waiting }: { readonly most: number; readonly waiting: number }) {
    this.#most = most;
    this.#mostWaiting = waiting;
  }

  /** Does `work` when it is one's turn. Throws `lens.busy` where too many wait. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#most) this.#inside += 1;
    else {
      if (this.#waiting.length >= this.#mostWaiting) throw failure("lens.busy");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Whoever waits takes the place, which so stays taken.
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }
}
