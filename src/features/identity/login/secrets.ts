import { BoundedCache } from "../../../kernel/bounded-cache.ts";
import { type Clock, MINUTE } from "../../../kernel/clock.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { TokenKind } from "../../../platform/database/schema/identity.ts";
import { type Actors, tokenActor, tokenRefusal } from "../actors/actors.ts";
import type { IdentityMemory } from "../actors/memory.ts";
import type { Known, KnownToken } from "../actors/store.ts";
import type { Presence } from "../presence.ts";
import type { Actor } from "../principal.ts";
import type { Throttle } from "../throttle/throttle.ts";
import { sourceOf } from "../tokens/networks.ts";
import { kindOfSecret, verifierOf } from "../tokens/secret-text.ts";
import { touchToken } from "../tokens/store/write.ts";
import type { LoginJournal } from "./journal.ts";

/** Secrets that log in as a password or bearer does; a refresh token is not one of them (A37). */
const LOGIN: ReadonlySet<TokenKind> = new Set(["personal", "robot", "login", "workload"]);
const REFRESH: ReadonlySet<TokenKind> = new Set(["refresh"]);

/** When a token was last used is kept to the minute. */
const TOUCH = MINUTE;
const MOST = 20_000;

interface SecretParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly memory: IdentityMemory;
  readonly actors: Actors;
  readonly throttle: Throttle;
  readonly journal: LoginJournal;
}

/**
 * Logins by a token's secret. Nobody guesses 256 bits, so a right one is never slowed down by what
 * others did from its source: only wrong ones are.
 */
export class SecretLogins {
  readonly #parts: SecretParts;
  readonly #touched = new BoundedCache<number>(MOST);
  readonly #writing = new Set<Promise<void>>();

  constructor(parts: SecretParts) {
    this.#parts = parts;
  }

  /** A secret in the place of the password of `name`, or alone when that is null. */
  login(name: string | null, secret: string, presence: Presence): Promise<Actor> {
    return this.#login(name, secret, presence, LOGIN);
  }

  /** See `Tokens.refresh`. */
  refresh(secret: string, presence: Presence): Promise<Actor> {
    return this.#login(null, secret, presence, REFRESH);
  }

  /** Waits for what is being written behind. */
  async close(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #login(
    name: string | null,
    secret: string,
    presence: Presence,
    kinds: ReadonlySet<TokenKind>,
  ): Promise<Actor> {
    const { journal, throttle } = this.#parts;
    const found = await this.#find(name, secret, presence, kinds);
    if (!("reason" in found)) {
      const actor = tokenActor(found.token, found.known, presence.address);
      await journal.done(actor, presence, { token: found.token.name }, { often: true });
      this.#touch(found.token.id, presence.address);
      return actor;
    }
    const { principalId, reason } = found;
    const attempt = { action: "login", name, principalId, presence };
    const subject = throttle.tokenSubject(sourceOf(presence.address));
    const pause = await throttle.tokenPause(subject);
    if (pause > 0) throw await journal.early(attempt, pause, subject);
    throw await journal.refused(attempt, reason, throttle.countedToken(subject));
  }

  async #find(
    name: string | null,
    secret: string,
    presence: Presence,
    kinds: ReadonlySet<TokenKind>,
  ): Promise<{ token: KnownToken; known: Known } | { principalId: string | null; reason: string }> {
    const { memory, actors, clock } = this.#parts;
    const kind = kindOfSecret(secret);
    if (kind === undefined) return { principalId: null, reason: "malformed_token" };
    if (!kinds.has(kind)) return { principalId: null, reason: "wrong_kind_of_token" };
    const id = await memory.secrets.load(verifierOf(secret));
    const token = id === undefined ? undefined : await memory.tokens.load(id);
    if (token === undefined || token.kind !== kind) {
      return { principalId: null, reason: "unknown_token" };
    }
    const { principalId } = token;
    const known = await actors.live(principalId, kind === "refresh");
    if (typeof known === "string") return { principalId, reason: known };
    if (name !== null && known.name !== name) return { principalId, reason: "name_of_another" };
    const reason = tokenRefusal(token, known, presence.address, clock.now());
    return reason === undefined ? { token, known } : { principalId, reason };
  }

  /** Writes down that a token was used, behind the answer: no request waits or fails for it. */
  #touch(id: string, address: string | null): void {
    const { db, clock } = this.#parts;
    const now = clock.now();
    const last = this.#touched.get(id);
    if (last !== undefined && now - last < TOUCH) return;
    this.#touched.set(id, now, 1);
    const writing = db
      .write(touchToken, { id, address, now, before: now - TOUCH })
      .catch(() => this.#touched.delete(id))
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }
}
