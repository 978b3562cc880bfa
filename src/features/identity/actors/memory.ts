import type { BoundedCache } from "../../../kernel/bounded-cache.ts";
import type { Revision } from "../revision/revision.ts";
import type { ActorReads, Known, KnownSession, KnownToken } from "./store.ts";

const MOST = 20_000;

/** One kind of rows, remembered until something changes; that there is none is not remembered. */
class Remembered<V> {
  readonly #revision: Revision;
  readonly #cache: BoundedCache<V>;
  readonly #read: (key: string) => Promise<V | undefined>;

  constructor(revision: Revision, read: (key: string) => Promise<V | undefined>) {
    this.#revision = revision;
    this.#cache = revision.cache<V>(MOST);
    this.#read = read;
  }

  /** What is remembered and may be believed. */
  get(key: string): V | undefined {
    return this.#revision.isFresh ? this.#cache.get(key) : undefined;
  }

  async load(key: string): Promise<V | undefined> {
    return this.get(key) ?? (await this.reload(key));
  }

  /** Reads it anew, whatever is remembered. */
  async reload(key: string): Promise<V | undefined> {
    const { number } = this.#revision;
    const value = await this.#read(key);
    // Where something changed during the read, it may have seen the state before.
    const isCurrent = this.#revision.number === number && this.#revision.isFresh;
    if (value !== undefined && isCurrent) this.#cache.set(key, value, 1);
    return value;
  }
}

/** Principals, tokens and sessions as they are now, mostly without a look into the database. */
export class IdentityMemory {
  readonly principals: Remembered<Known>;
  readonly tokens: Remembered<KnownToken>;
  /** Ids of tokens, by the verifiers of their secrets. */
  readonly secrets: Remembered<string>;
  readonly sessions: Remembered<KnownSession>;

  constructor(revision: Revision, reads: ActorReads) {
    this.principals = new Remembered(revision, reads.principal);
    this.tokens = new Remembered(revision, reads.token);
    this.secrets = new Remembered(revision, reads.tokenWith);
    this.sessions = new Remembered(revision, reads.session);
  }
}
