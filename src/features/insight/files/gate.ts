import { failure } from "../../../kernel/errors/catalogue.ts";

/** Lets a few through at a time, and lets a few more wait. */
export class Gate {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(most: number, mostWaiting: number) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  /** Resolves when it is one's turn, to what must be called in the end. Throws `insight.busy`. */
  async enter(): Promise<() => void> {
    if (this.#inside >= this.#most) {
      if (this.#waiting.length >= this.#mostWaiting) throw failure("insight.busy");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#inside += 1;
    }
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      const next = this.#waiting.shift();
      // Whoever waits takes the place, which so stays taken.
      if (next === undefined) this.#inside -= 1;
      else next();
    };
  }

  /** Does `work` inside. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }
}
