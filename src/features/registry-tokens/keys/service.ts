import type { JSONWebKeySet } from "jose";
import { type Clock, HOUR, MINUTE } from "../../../kernel/clock.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { Keyring } from "../../../platform/sealing/keyring.ts";
import { type Doer, systemDoer } from "../../audit/entry.ts";
import type { Revision } from "../../identity/revision/revision.ts";
import type { AuditPort } from "../ports.ts";
import type { Algorithm } from "../settings.ts";
import {
  newKey,
  type PublicKey,
  readPublicKey,
  readSigningKey,
  type SigningKey,
  sealAnew,
} from "./material.ts";
import { isDue, signingAt } from "./rules.ts";
import {
  type AddKey,
  addSigningKey,
  removeSigningKeys,
  resealSigningKey,
  type SigningKeyRow,
  signingKeysRead,
} from "./store.ts";

/** How long a key is published before it signs: longer than anybody keeps the set (`JWKS_MAX_AGE`). */
const AHEAD = 10 * MINUTE;
/** How long the published set may be kept, in seconds. */
export const JWKS_MAX_AGE = 300;
/** What was read so long ago is read again even when nobody told of a change. */
const STALE = MINUTE;
/** Keys that nobody here has heard of are looked for at most so often, however many are named. */
const LOOK_AGAIN = 200;
/** How long a key stays after it signed last: longer than any token lives. */
const KEEP = 2 * HOUR;

export interface KeyParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly revision: Revision;
  readonly audit: AuditPort;
  readonly algorithm: Algorithm;
  /** How often the signing key is replaced, in milliseconds. */
  readonly rotateEvery: number;
}

interface Loaded {
  readonly at: number;
  readonly revision: number;
  readonly rows: readonly SigningKeyRow[];
  readonly keys: ReadonlyMap<string, PublicKey>;
}

/** The keys of this installation: kept in the database, the same for all nodes. */
export class SigningKeys {
  readonly #parts: KeyParts;
  readonly #read: () => Promise<SigningKeyRow[]>;
  #loaded: Loaded | undefined;
  #underway: Promise<Loaded> | undefined;
  #signing: SigningKey | undefined;
  #first: Promise<boolean> | undefined;

  constructor(parts: KeyParts) {
    this.#parts = parts;
    this.#read = signingKeysRead(parts.db);
  }

  /** The key of that id; undefined when there is none, or none any more. */
  async find(kid: string): Promise<PublicKey | undefined> {
    const loaded = this.#current() ?? (await this.#load());
    const known = loaded.keys.get(kid);
    if (known !== undefined || this.#parts.clock.now() - loaded.at < LOOK_AGAIN) return known;
    return (await this.#load()).keys.get(kid);
  }

  /** The key that signs now. Makes the first one. */
  async signing(): Promise<SigningKey> {
    const { clock, keyring } = this.#parts;
    let row = signingAt((this.#current() ?? (await this.#load())).rows, clock.now());
    if (row === undefined) {
      this.#first ??= this.#add("if-due", systemDoer).finally(() => {
        this.#first = undefined;
      });
      await this.#first;
      row = signingAt((await this.#load()).rows, clock.now());
      if (row === undefined) throw new Error("a signing key that was added is not there");
    }
    if (this.#signing?.kid !== row.id) this.#signing = await readSigningKey(row, keyring);
    return this.#signing;
  }

  /** What others check our tokens with: every key whose tokens may still count, public halves. */
  async jwks(): Promise<JSONWebKeySet> {
    await this.signing();
    const { keys } = this.#current() ?? (await this.#load());
    return { keys: [...keys.values()].map(({ jwk }) => jwk) };
  }

  /**
   * Puts a new key in the place of the one that signs: after a while, in which every node learns of
   * it; with `distrust` at once, and then no token that was given before counts any more.
   */
  async rotate(doer: Doer, { distrust }: { readonly distrust: boolean }): Promise<void> {
    await this.#add(distrust ? "distrust" : "now", doer);
  }

  /** What the clock asks for: a new key when it is due, old ones away, all sealed with today's key. */
  async tend(): Promise<{ readonly added: boolean; readonly removed: number }> {
    const { db, clock, keyring, audit, algorithm, rotateEvery } = this.#parts;
    const now = clock.now();
    const { rows } = await this.#load();
    // Looked at first, so that no key pair is made in vain every time.
    const due = isDue(rows, { algorithm, now, every: rotateEvery });
    const added = due && (await this.#add("if-due", systemDoer));
    for (const row of rows) {
      if (!keyring.isStale(row.sealed_key)) continue;
      const to = sealAnew(row, keyring);
      await db.write(resealSigningKey, { id: row.id, from: row.sealed_key, to });
    }
    const witness = audit.witness(systemDoer);
    const removed = await db.write(removeSigningKeys, { before: now - KEEP, witness });
    if (removed > 0) await this.#load();
    return { added, removed };
  }

  async #add(mode: AddKey["mode"], doer: Doer): Promise<boolean> {
    const { db, clock, keyring, revision, audit, algorithm, rotateEvery: every } = this.#parts;
    const now = clock.now();
    const key = await newKey(algorithm, keyring, now);
    const witness = audit.witness(doer);
    const added = await db.write(addSigningKey, { key, mode, now, every, ahead: AHEAD, witness });
    await revision.changed();
    // A look that is under way may have begun before the commit.
    await this.#underway?.catch(() => {});
    await this.#load();
    return added;
  }

  /** What is known, unless somebody told of a change or it is too old. */
  #current(): Loaded | undefined {
    const loaded = this.#loaded;
    const { clock, revision } = this.#parts;
    if (loaded === undefined || loaded.revision !== revision.number) return undefined;
    return clock.now() - loaded.at < STALE ? loaded : undefined;
  }

  /** Reads them anew. Those who ask at the same time share one look. */
  #load(): Promise<Loaded> {
    this.#underway ??= this.#look().finally(() => {
      this.#underway = undefined;
    });
    return this.#underway;
  }

  async #look(): Promise<Loaded> {
    const at = this.#parts.clock.now();
    const revision = this.#parts.revision.number;
    const rows = await this.#read();
    const known = this.#loaded?.keys;
    const keys = await Promise.all(rows.map((row) => known?.get(row.id) ?? readPublicKey(row)));
    this.#loaded = { at, revision, rows, keys: new Map(keys.map((key) => [key.kid, key])) };
    return this.#loaded;
  }
}
