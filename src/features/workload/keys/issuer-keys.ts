import type { JWK } from "jose";
import { BoundedCache } from "../../../kernel/bounded-cache.ts";
import { type Clock, HOUR, MINUTE, SECOND } from "../../../kernel/clock.ts";
import type { Outbound } from "../../../platform/outbound/port.ts";
import { type FetchedKeys, fetchKeys, type KeySource } from "./fetch-keys.ts";
import { type Algorithm, fits } from "./key-set.ts";
import { Slots } from "./slots.ts";

/** A token with a key id that is not known asks for the keys again, but not more often than this. */
const UNKNOWN_AGAIN = MINUTE;
/** An issuer that could not be reached is left alone for this long. */
const FAILED_AGAIN = 30 * SECOND;
/** Keys that are too old still count for this long while their issuer is away. */
const GRACE = HOUR;
const MOST_SOURCES = 1_000;
const SLOTS = { most: 16, mostEach: 4, mostWaiting: 64 };

interface Known {
  readonly fetched: FetchedKeys | undefined;
  readonly fetchedAt: number;
  readonly triedAt: number;
  readonly failed: boolean;
}

/** The keys that a token may be signed with, or why there are none. */
export type FoundKeys = readonly JWK[] | "unknown" | "unavailable";

export interface IssuerKeysParts {
  readonly outbound: Pick<Outbound, "read">;
  readonly clock: Clock;
  /** Told why keys could not be fetched: for the operator's log, never for whoever named the URL. */
  readonly onFault: (source: KeySource, error: unknown) => void;
}

/**
 * The keys of outside issuers, kept as long as their issuers let them be kept. Each source is
 * fetched by one at a time, whatever comes in meanwhile, and at a bounded rate: tokens are shown by
 * strangers, and must not become a flood of calls to somebody else.
 */
export class IssuerKeys {
  readonly #parts: IssuerKeysParts;
  readonly #known = new BoundedCache<Known>(MOST_SOURCES);
  readonly #underway = new Map<string, Promise<Known | undefined>>();
  readonly #slots = new Slots(SLOTS);

  constructor(parts: IssuerKeysParts) {
    this.#parts = parts;
  }

  /**
   * The keys of that id and algorithm. `owner` is on whose rule's word the source is called. Never
   * throws: an issuer that cannot be reached has no keys for now ("unavailable").
   */
  async find(
    source: KeySource,
    owner: string,
    { kid, alg }: { readonly kid: string; readonly alg: Algorithm },
  ): Promise<FoundKeys> {
    const name = JSON.stringify([source.issuer, source.jwksUrl]);
    let known = this.#known.get(name);
    if (this.#isDue(known, kid)) known = (await this.#refresh(name, source, owner)) ?? known;
    if (known === undefined || !this.#counts(known)) return "unavailable";
    const keys = known.fetched?.keys.get(kid)?.filter((key) => fits(key, alg)) ?? [];
    if (keys.length > 0) return keys;
    // Where the last look failed the key may well be there by now.
    return known.failed ? "unavailable" : "unknown";
  }

  #isDue(known: Known | undefined, kid: string): boolean {
    if (known === undefined) return true;
    const now = this.#parts.clock.now();
    if (known.failed && now - known.triedAt < FAILED_AGAIN) return false;
    if (known.fetched === undefined || now - known.fetchedAt >= known.fetched.maxAge) return true;
    return !known.fetched.keys.has(kid) && now - known.triedAt >= UNKNOWN_AGAIN;
  }

  #counts({ fetched, fetchedAt }: Known): boolean {
    const age = this.#parts.clock.now() - fetchedAt;
    return fetched !== undefined && age < fetched.maxAge + GRACE;
  }

  /** Undefined when too many fetches wait already: then nothing was tried. */
  #refresh(name: string, source: KeySource, owner: string): Promise<Known | undefined> {
    const underway = this.#underway.get(name);
    if (underway !== undefined) return underway;
    const fetching = this.#slots
      .run(owner, () => this.#fetch(name, source))
      .finally(() => this.#underway.delete(name));
    this.#underway.set(name, fetching);
    return fetching;
  }

  async #fetch(name: string, source: KeySource): Promise<Known> {
    const { outbound, clock, onFault } = this.#parts;
    const before = this.#known.get(name);
    const triedAt = clock.now();
    let known: Known;
    try {
      const fetched = await fetchKeys(outbound, source);
      known = { fetched, fetchedAt: triedAt, triedAt, failed: false };
    } catch (error) {
      onFault(source, error);
      const { fetched, fetchedAt = 0 } = before ?? {};
      // From the end of the try: one that took long is not tried again at once.
      known = { fetched, fetchedAt, triedAt: clock.now(), failed: true };
    }
    this.#known.set(name, known, 1);
    return known;
  }
}
