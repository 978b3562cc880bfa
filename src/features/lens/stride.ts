import { setImmediate as turn } from "node:timers/promises";
import { failure } from "../../kernel/errors/catalogue.ts";

/** How long one step of a walk may keep others from this thread, in milliseconds. */
const LONG = 8;

/**
 * How many rows a walk looks at in one go: as many as take some milliseconds, whatever a row costs.
 * Between two steps whoever else waits for this thread goes first.
 */
export class Stride {
  readonly #signal: AbortSignal;
  readonly #most: number;
  #rows: number;

  constructor(signal: AbortSignal, { first, most }: { first: number; most: number }) {
    this.#signal = signal;
    this.#most = most;
    this.#rows = first;
  }

  /** Does one step with that many rows. Throws `lens.ended` once nobody waits for it. */
  async step<T>(look: (rows: number) => Promise<T>): Promise<T> {
    if (this.#signal.aborted) throw failure("lens.ended");
    const began = performance.now();
    const found = await look(this.#rows);
    const took = performance.now() - began;
    if (took > LONG) this.#rows = Math.max(1, Math.floor(this.#rows / 2));
    else if (took < LONG / 4) this.#rows = Math.min(this.#most, this.#rows * 2);
    await turn();
    return found;
  }
}
