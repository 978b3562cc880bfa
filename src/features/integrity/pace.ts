import { setTimeout as pause } from "node:timers/promises";
import { paced } from "./rules.ts";

/** Waits shorter than this are put off: timers are no finer. */
const LEAST_WAIT = 5;

/** Holds what one node reads for scrubs to so many bytes a second, however many scrubs there are. */
export class Pace {
  readonly #perSecond: number;
  #freeAt = 0;

  /** `perSecond` in bytes; null for no bound. */
  constructor(perSecond: number | null) {
    this.#perSecond = perSecond ?? Number.POSITIVE_INFINITY;
  }

  /** Waits until `bytes` may be read. Throws the signal's reason. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const state = { freeAt: this.#freeAt, now: performance.now() };
    const { wait, freeAt } = paced(state, bytes, this.#perSecond);
    this.#freeAt = freeAt;
    if (wait < LEAST_WAIT) return;
    await pause(wait, undefined, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  }
}
