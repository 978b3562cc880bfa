import type { Clock } from "../../../kernel/clock.ts";
import type { CheckedCredential, Standing } from "../credential.ts";
import type { Actor } from "../principal.ts";
import { inNetworks } from "../tokens/networks.ts";
import type { IdentityMemory } from "./memory.ts";
import type { Rechecks } from "./rechecks.ts";
import type { Known, KnownToken } from "./store.ts";

/** Why a credential does not count: for the audit log, never for the caller (A40). */
export type Refused =
  | "unknown"
  | "disabled"
  | "generation"
  | "revoked"
  | "expired"
  | "address"
  | "origin";

/** Why the token does not count for this principal from this address; undefined when it does. */
export function tokenRefusal(
  token: KnownToken,
  { generation }: Known,
  address: string | null,
  now: number,
): Refused | undefined {
  if (token.revoked) return "revoked";
  if (token.expiresAt <= now) return "expired";
  if (token.generations.some((each) => each !== generation)) return "generation";
  if (!token.networks.every((each) => inNetworks(address, each))) return "address";
  return undefined;
}

/** The actor behind a token that counts. */
export function tokenActor(token: KnownToken, known: Known, address: string | null): Actor {
  return {
    ...actorOf(known, address),
    via: token.kind,
    credentialId: token.id,
    limits: token.limits,
    claims: token.claims,
  };
}

/** The principal as an actor that logged in with its password. */
export function actorOf(known: Known, address: string | null): Actor {
  const { id, kind, name, administrator, groups } = known;
  return {
    principal: { id, kind, name, administrator },
    groups,
    via: "password",
    credentialId: null,
    limits: null,
    secondFactor: false,
    confirmedAt: null,
    address,
    claims: {},
  };
}

interface ActorParts {
  readonly memory: IdentityMemory;
  readonly rechecks: Rechecks;
  readonly clock: Clock;
}

/** Says who is behind a credential now. */
export class Actors {
  readonly #memory: IdentityMemory;
  readonly #rechecks: Rechecks;
  readonly #clock: Clock;

  constructor({ memory, rechecks, clock }: ActorParts) {
    this.#memory = memory;
    this.#rechecks = rechecks;
    this.#clock = clock;
  }

  /** See `Identity.actor`. */
  actor(of: CheckedCredential): Promise<Actor | undefined> | Actor | undefined {
    const known = this.#memory.principals.get(of.principalId);
    if (known === undefined) return this.#load(of);
    if (this.#rechecks.remembered(known.id, known.origin) !== true) return this.#load(of);
    if (of.via === "none" || of.via === "password") return this.#build(of, known, undefined);
    // One that names no row can be checked against nothing.
    if (of.credentialId === null) return undefined;
    if (of.via === "session") {
      const session = this.#memory.sessions.get(of.credentialId);
      const isOpen = session !== undefined && session.expiresAt > this.#clock.now();
      // Sessions are prolonged without a word to others: one that looks expired is read again.
      return isOpen && !session.ended ? this.#build(of, known, undefined, session) : this.#load(of);
    }
    const token = this.#memory.tokens.get(of.credentialId);
    return token === undefined ? this.#load(of) : this.#build(of, known, token);
  }

  /** See `Identity.standing`. */
  async standing(principalId: string): Promise<Standing | undefined> {
    const known = await this.#memory.principals.load(principalId);
    if (known === undefined || known.disabled) return undefined;
    const { generation, mustChangePassword, secondFactor, origin } = known;
    return { generation, mustChangePassword, secondFactor, origin };
  }

  /**
   * The live principal, with its provider's word on it: `ask` insists on a new one. Gives the reason
   * where it does not count.
   */
  async live(principalId: string, ask: boolean): Promise<Known | Refused> {
    let known = await this.#memory.principals.load(principalId);
    if (known === undefined) return "unknown";
    const word = ask ? undefined : this.#rechecks.remembered(known.id, known.origin);
    if (word === false) return "origin";
    if (word === undefined) {
      if (!(await this.#rechecks.ask(known.id, known.origin))) return "origin";
      // The provider may have replaced its groups.
      known = await this.#memory.principals.load(principalId);
      if (known === undefined) return "unknown";
    }
    return known.disabled ? "disabled" : known;
  }

  async #load(of: CheckedCredential): Promise<Actor | undefined> {
    const known = await this.live(of.principalId, false);
    if (typeof known === "string") return undefined;
    if (of.via === "none" || of.via === "password") return this.#build(of, known, undefined);
    if (of.credentialId === null) return undefined;
    if (of.via === "session") {
      const session = await this.#memory.sessions.reload(of.credentialId);
      return session === undefined ? undefined : this.#build(of, known, undefined, session);
    }
    const token = await this.#memory.tokens.load(of.credentialId);
    return token === undefined ? undefined : this.#build(of, known, token);
  }

  #build(
    of: CheckedCredential,
    known: Known,
    token: KnownToken | undefined,
    session?: { principalId: string; generation: number; expiresAt: number; ended: boolean },
  ): Actor | undefined {
    if (known.disabled || known.generation !== of.generation) return undefined;
    const now = this.#clock.now();
    if (token !== undefined) {
      if (token.principalId !== known.id || token.kind !== of.via) return undefined;
      if (tokenRefusal(token, known, of.address, now) !== undefined) return undefined;
    }
    if (session !== undefined) {
      if (session.ended || session.expiresAt <= now) return undefined;
      if (session.principalId !== known.id || session.generation !== known.generation) {
        return undefined;
      }
    }
    return {
      ...actorOf(known, of.address),
      via: of.via,
      credentialId: of.credentialId,
      limits: of.limits ?? token?.limits ?? null,
      secondFactor: of.secondFactor ?? false,
      confirmedAt: of.confirmedAt ?? null,
      claims: of.claims ?? token?.claims ?? {},
    };
  }
}
