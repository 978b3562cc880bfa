import { setTimeout as pause } from "node:timers/promises";

/** Waits shorter than this are put off: timers are no finer. */
const LEAST_WAIT = 5;

/**
 * Milliseconds to wait before `bytes` more are read at `perSecond`, when reading may go on at
 * `freeAt`: and when it may go on after these. What was not used before `now` is not made up for.
 */
export function paced(
  { freeAt, now }: { readonly freeAt: number; readonly now: number },
  bytes: number,
  perSecond: number,
): { readonly wait: number; readonly freeAt: number } {
  const start = Math.max(freeAt, now);
  return { wait: start - now, freeAt: start + (bytes * 1_000) / perSecond };
}

/** Holds what is read in the background to so many bytes a second, however many read at once. */
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
