import { createHmac } from "node:crypto";
import { BoundedCache } from "../../../kernel/bounded-cache.ts";
import { type Clock, DAY, SECOND } from "../../../kernel/clock.ts";
import { type Failure, failure } from "../../../kernel/errors/catalogue.ts";
import type { IdentitySettings } from "../settings.ts";
import { type Failures, level, pauseLeft } from "./rules.ts";
import type { Counted, ThrottleReads } from "./store.ts";

/** For how long what was read is believed: other nodes' failures count a moment later. */
const BELIEVED = SECOND;
const MOST = 20_000;
/** How long a source stays known to an account after a login. */
export const KNOWN_FOR = 90 * DAY;

/**
 * Under what the failures of one attempt are counted: keyed hashes, for people type passwords into
 * the field of the name.
 */
export interface Subjects {
  readonly pair: string;
  readonly source: string;
  readonly account: string;
  /** Of the account and the source: whether it has logged in from there. */
  readonly known: string;
}

interface ThrottleParts {
  readonly reads: ThrottleReads;
  readonly clock: Clock;
  readonly rules: IdentitySettings["throttle"];
  /** The same on every node. */
  readonly key: Uint8Array;
}

/**
 * Slows guessing down (A41). Counted are failures: of an account from a source, of a source, and
 * of an account from sources that never logged in to it. The last never stops an administrator,
 * nor anybody where they have logged in before, so that nobody is locked out by strangers.
 */
export class Throttle {
  readonly #reads: ThrottleReads;
  readonly #clock: Clock;
  readonly #rules: IdentitySettings["throttle"];
  readonly #key: Uint8Array;
  readonly #seen = new BoundedCache<{ failures: Failures | undefined; at: number }>(MOST);
  readonly #known = new BoundedCache<number>(MOST);
  readonly #underway = new Map<string, number>();

  constructor({ reads, clock, rules, key }: ThrottleParts) {
    this.#reads = reads;
    this.#clock = clock;
    this.#rules = rules;
    this.#key = key;
  }

  #subject(kind: string, ...parts: string[]): string {
    const hmac = createHmac("sha256", this.#key).update(kind);
    // Lengths first, so that no two lists read alike.
    for (const part of parts) hmac.update(`\0${part.length}:${part}`);
    return `${kind}:${hmac.digest("base64url").slice(0, 32)}`;
  }

  subjects(name: string, source: string): Subjects {
    return {
      pair: this.#subject("pair", name, source),
      source: this.#subject("source", source),
      account: this.#subject("account", name),
      known: this.#subject("known", name, source),
    };
  }

  /** Of tokens from a source: wrong ones slow down wrong ones only, never a right one. */
  tokenSubject(source: string): string {
    return this.#subject("token", source);
  }

  /** What a failed password adds to. */
  counted({ pair, source, account }: Subjects): Counted[] {
    const rules = this.#rules;
    return [
      { subject: pair, rule: rules.pair },
      { subject: source, rule: rules.source },
      { subject: account, rule: rules.account },
    ];
  }

  countedToken(subject: string): Counted[] {
    return [{ subject, rule: this.#rules.source }];
  }

  async #look(subjects: readonly [string, string, string]): Promise<(Failures | undefined)[]> {
    const now = this.#clock.now();
    const seen = subjects.map((each) => this.#seen.get(each));
    if (seen.every((each) => each !== undefined && now - each.at < BELIEVED)) {
      return seen.map((each) => each?.failures);
    }
    const rows = await this.#reads.failures(...subjects);
    return subjects.map((each) => {
      const failures = rows.get(each);
      this.#seen.set(each, { failures, at: now }, 1);
      return failures;
    });
  }

  /** Whether the pair alone may try: all that stands before a password that is remembered. */
  async pairPause({ pair }: Subjects): Promise<number> {
    const [failures] = await this.#look([pair, pair, pair]);
    return pauseLeft(failures, this.#rules.pair, this.#clock.now());
  }

  async tokenPause(subject: string): Promise<number> {
    const [failures] = await this.#look([subject, subject, subject]);
    return pauseLeft(failures, this.#rules.source, this.#clock.now());
  }

  /** Whether the source has logged in to the account before. */
  async isKnown({ known }: Subjects): Promise<boolean> {
    return (await this.knownUntil(known)) > this.#clock.now();
  }

  async knownUntil(known: string): Promise<number> {
    const seen = this.#known.get(known);
    if (seen !== undefined) return seen;
    const until = await this.#reads.knownUntil(known);
    if (until > this.#clock.now()) this.#known.set(known, until, 1);
    return until;
  }

  /**
   * Lets an attempt begin, and gives what to call at its end; or the milliseconds that are left to
   * wait. Attempts under way count as failed, so that many at once are no way around.
   */
  async begin(
    subjects: Subjects,
    isAdministrator: () => Promise<boolean>,
  ): Promise<number | (() => void)> {
    const { pair, source } = subjects;
    const [ofPair, ofSource, ofAccount] = await this.#look([pair, source, subjects.account]);
    const now = this.#clock.now();
    const rules = this.#rules;
    let pause = Math.max(
      pauseLeft(ofPair, rules.pair, now),
      pauseLeft(ofSource, rules.source, now),
    );
    const strangers = pauseLeft(ofAccount, rules.account, now);
    if (strangers > pause && !(await this.isKnown(subjects)) && !(await isAdministrator())) {
      pause = strangers;
    }
    if (pause > 0) return pause;
    const isFull = (subject: string, failures: Failures | undefined, rule: typeof rules.pair) => {
      const others = this.#underway.get(subject) ?? 0;
      return others > 0 && level(failures, rule, now) + others > rule.free;
    };
    if (isFull(pair, ofPair, rules.pair) || isFull(source, ofSource, rules.source)) return SECOND;
    for (const each of [pair, source]) this.#underway.set(each, this.#running(each) + 1);
    return () => {
      for (const each of [pair, source]) {
        const left = this.#running(each) - 1;
        if (left > 0) this.#underway.set(each, left);
        else this.#underway.delete(each);
      }
    };
  }

  #running(subject: string): number {
    return this.#underway.get(subject) ?? 0;
  }

  /** Whether the pair has failures that a login should forgive. */
  async hasFailures({ pair }: Subjects): Promise<boolean> {
    const [failures] = await this.#look([pair, pair, pair]);
    return failures !== undefined && failures.count > 0;
  }

  /** Takes note of the counts that a failure left behind. */
  noted(counts: Readonly<Record<string, Failures>>): void {
    const at = this.#clock.now();
    for (const [subject, failures] of Object.entries(counts)) {
      this.#seen.set(subject, { failures, at }, 1);
    }
  }

  /** Takes note of a login. */
  forgiven({ pair, known }: Subjects, until: number | undefined): void {
    this.#seen.delete(pair);
    if (until !== undefined) this.#known.set(known, until, 1);
  }
}

/** The refusal, with the real time that is left in whole seconds. */
export function throttled(pause: number): Failure {
  return failure("access.throttled", { retry_after: Math.max(1, Math.ceil(pause / SECOND)) });
}
