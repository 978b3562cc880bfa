/** Something that may hang: `stale` is set to 0 by each sign of life. */
export interface Watched {
  stale: number;
  /** Called once the time without a sign of life is over. */
  expire(): void;
}

/**
 * Ends what shows no sign of life for `seconds`. One timer serves all connections, and a sign of
 * life is one assignment, so that the hot path pays nothing for it.
 */
export class Watchdog {
  readonly #watched = new Set<Watched>();
  readonly #ticks: number;
  readonly #period: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(seconds: number) {
    this.#period = Math.min(1_000, seconds * 250);
    this.#ticks = Math.ceil((seconds * 1_000) / this.#period);
  }

  add(watched: Watched): void {
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#tick(), this.#period);
  }

  delete(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size === 0 && this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #tick(): void {
    for (const watched of this.#watched) {
      watched.stale += 1;
      if (watched.stale > this.#ticks) watched.expire();
    }
  }
}
