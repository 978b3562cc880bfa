/** How slow a client may be. Times in milliseconds. */
export interface PaceLimits {
  /** No byte for so long: cut. */
  readonly stall: number;
  /** The pace is judged over windows of this length. */
  readonly window: number;
  /** Bytes per second that a window must reach. */
  readonly floor: number;
}

export type Pace = "alive" | "stalled" | "slow";

/** Judges one transfer: bytes are added as they move, and `pace` says whether it lives. */
export class ProgressMeter {
  readonly #limits: PaceLimits;
  #last: number;
  #windowStart: number;
  #windowBytes = 0;

  constructor(limits: PaceLimits, now: number) {
    this.#limits = limits;
    this.#last = now;
    this.#windowStart = now;
  }

  add(bytes: number, now: number): void {
    if (bytes <= 0) return;
    this.#last = now;
    this.#windowBytes += bytes;
  }

  /** Windows follow one another without overlap, so a client that slows down is seen within two of them. */
  pace(now: number): Pace {
    if (now - this.#last >= this.#limits.stall) return "stalled";
    const elapsed = now - this.#windowStart;
    if (elapsed < this.#limits.window) return "alive";
    if (this.#windowBytes * 1_000 < this.#limits.floor * elapsed) return "slow";
    this.#windowStart = now;
    this.#windowBytes = 0;
    return "alive";
  }
}
