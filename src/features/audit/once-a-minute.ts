import { MINUTE } from "../../kernel/clock.ts";

/** Most actors remembered; beyond it the oldest may be recorded once more. */
const MOST = 10_000;

/**
 * Runs a step once per key and minute: callers of the same minute wait for the first one's step,
 * and fail with it; after a failure the next caller tries again.
 */
export class OnceAMinute {
  readonly #steps = new Map<string, { readonly minute: number; readonly step: Promise<void> }>();

  async run(key: string, now: number, step: () => Promise<void>): Promise<void> {
    const minute = Math.floor(now / MINUTE);
    const there = this.#steps.get(key);
    if (there?.minute === minute) return there.step;
    const mine = { minute, step: step() };
    this.#steps.delete(key);
    this.#steps.set(key, mine);
    const [oldest] = this.#steps.keys();
    if (this.#steps.size > MOST && oldest !== undefined) this.#steps.delete(oldest);
    try {
      await mine.step;
    } catch (error) {
      if (this.#steps.get(key) === mine) this.#steps.delete(key);
      throw error;
    }
  }
}
