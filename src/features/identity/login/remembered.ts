import { createHmac, randomBytes } from "node:crypto";
import { BoundedCache } from "../../../kernel/bounded-cache.ts";
import { type Clock, MINUTE, SECOND } from "../../../kernel/clock.ts";
import { LOCAL } from "../passwords/local.ts";
import type { Vouched } from "../providers-port.ts";

/** How long a password that was right need not be checked again. */
const OURS = 5 * MINUTE;
/**
 * A password that somebody else keeps may change there without a word to us, and so may groups: it
 * is asked for at each use, and remembered only while one client opens its connections.
 */
const THEIRS = SECOND;
const MOST = 10_000;

interface Right {
  readonly vouched: Vouched;
  readonly generation: number;
  readonly until: number;
}

/**
 * Remembers passwords that were right: clients with Basic send theirs with every request. What is
 * kept is a keyed hash, whose key this process made and never writes down. It counts for the source
 * that showed it, and while the account is of the same generation, which a new password ends.
 */
export class RememberedPasswords {
  readonly #clock: Clock;
  readonly #key = randomBytes(32);
  readonly #right = new BoundedCache<Right>(MOST);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What name, password and source are remembered by. */
  print(name: string, password: string, source: string): string {
    // Lengths first, so that no two triples read alike.
    const text = `${name.length}:${name}${source.length}:${source}${password}`;
    return createHmac("sha256", this.#key).update(text).digest("base64");
  }

  get(print: string): Right | undefined {
    const right = this.#right.get(print);
    return right !== undefined && right.until > this.#clock.now() ? right : undefined;
  }

  keep(print: string, vouched: Vouched, generation: number): void {
    const until = this.#clock.now() + (vouched.provider === LOCAL ? OURS : THEIRS);
    this.#right.set(print, { vouched, generation, until }, 1);
  }
}
