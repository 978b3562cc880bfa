import { BoundedCache } from "../../../kernel/bounded-cache.ts";
import { type Clock, MINUTE, SECOND } from "../../../kernel/clock.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { type Failures, oneMore, pauseLeft } from "../../identity/throttle/rules.ts";
import { sourceOf } from "../../identity/tokens/networks.ts";

/**
 * Refusals of one source: many pipelines share an address, and one of them that is wrong must not
 * stop the others for long. Nothing is guessed here (tokens are signed): what is bounded is work.
 */
const RULE = { free: 30, first: SECOND, most: MINUTE, leak: 2 * SECOND };
const MOST_SOURCES = 20_000;

/** Slows down sources whose tokens are refused again and again, on this node. */
export class ExchangeThrottle {
  readonly #clock: Clock;
  readonly #failures = new BoundedCache<Failures>(MOST_SOURCES);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `access.throttled` while the source has to wait. */
  check(address: string | null): void {
    const failures = this.#failures.get(sourceOf(address));
    const pause = pauseLeft(failures, RULE, this.#clock.now());
    if (pause > 0) throw failure("access.throttled", { retry_after: Math.ceil(pause / SECOND) });
  }

  refused(address: string | null): void {
    const source = sourceOf(address);
    const { count, last } = oneMore(this.#failures.get(source), RULE, this.#clock.now());
    this.#failures.set(source, { count, last }, 1);
  }
}
