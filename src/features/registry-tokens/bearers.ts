import { BoundedCache } from "../../kernel/bounded-cache.ts";
import type { Clock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { CheckedCredential } from "../identity/credential.ts";
import type { Presence } from "../identity/presence.ts";
import { type Actor, anonymousAt, type Limit } from "../identity/principal.ts";
import type { Revision } from "../identity/revision/revision.ts";
import type { BearerFacts } from "./facts.ts";
import { verifyToken } from "./jwt.ts";
import type { SigningKeys } from "./keys/service.ts";
import type { Decides, Knows } from "./ports.ts";
import { limitsOf, projectOfScope } from "./rules.ts";
import { SKEW, type TokenSettings } from "./settings.ts";

/** Bytes that remembered tokens may take: some ten thousand of them. */
const MOST = 32 * 1024 * 1024;
/** What an entry takes beside the token's own text and what was read from it. */
const OVERHEAD = 1_024;

interface Remembered {
  readonly facts: BearerFacts;
  /** What it allows, found under `revision`: names may mean other projects under another. */
  limits: readonly Limit[] | undefined;
  revision: number;
}

export interface BearerParts {
  readonly clock: Clock;
  readonly keys: SigningKeys;
  readonly revision: Revision;
  readonly identity: Knows;
  readonly access: Decides;
  readonly settings: TokenSettings;
}

/**
 * Who bears a token. Its signature is checked once and remembered until it runs out; who the
 * principal is, whether the credential behind it still counts and what the names in it mean is
 * looked up at each use (A39, A32).
 */
export class Bearers {
  readonly #parts: BearerParts;
  readonly #remembered = new BoundedCache<Remembered>(MOST);

  constructor(parts: BearerParts) {
    this.#parts = parts;
  }

  /** See `RegistryTokens.actorOf`. */
  actorOf(token: string, presence: Presence): Actor | Promise<Actor> {
    const known = this.#known(token);
    const { revision } = this.#parts;
    // A key that is distrusted changes the revision too.
    const isOfNow = known?.revision === revision.number && revision.isFresh;
    if (known?.limits !== undefined && isOfNow) {
      return this.#actor(known.facts, presence, known.limits);
    }
    return this.#slowly(token, presence);
  }

  /** See `RegistryTokens.wholeActorOf`. */
  async wholeActorOf(token: string, presence: Presence): Promise<Actor> {
    const { facts } = await this.#checked(token);
    return this.#actor(facts, presence);
  }

  async #slowly(token: string, presence: Presence): Promise<Actor> {
    const entry = await this.#checked(token);
    return this.#actor(entry.facts, presence, await this.#limits(entry));
  }

  /** What is remembered of a token whose time is not over. */
  #known(token: string): Remembered | undefined {
    const known = this.#remembered.get(token);
    if (known === undefined || this.#parts.clock.now() < known.facts.expiresAt + SKEW) return known;
    this.#remembered.delete(token);
    return undefined;
  }

  async #checked(token: string): Promise<Remembered> {
    const known = this.#known(token);
    // A key may be distrusted before its tokens run out.
    if (known !== undefined && (await this.#parts.keys.find(known.facts.kid))) return known;
    this.#remembered.delete(token);
    return this.#verify(token);
  }

  async #verify(token: string): Promise<Remembered> {
    const { clock, keys, settings } = this.#parts;
    const { issuer, service: audience } = settings;
    const find = (kid: string) => keys.find(kid);
    const facts = await verifyToken(token, { issuer, audience, clock, find });
    const entry: Remembered = { facts, limits: undefined, revision: -1 };
    this.#remembered.set(token, entry, OVERHEAD + 3 * token.length);
    return entry;
  }

  async #limits(entry: Remembered): Promise<readonly Limit[]> {
    const { access, revision } = this.#parts;
    const { number } = revision;
    const live = new Map<string, string | null>();
    for (const scope of entry.facts.access) {
      const project = projectOfScope(scope);
      if (project === undefined || live.has(project)) continue;
      live.set(project, (await access.projectId(project)) ?? null);
    }
    const limits = limitsOf(entry.facts.access, entry.facts.projects, live);
    entry.limits = limits;
    entry.revision = revision.number === number ? number : -1;
    return limits;
  }

  /** Without `limits` those of the credential that the token was given for. */
  #actor(
    facts: BearerFacts,
    { address }: Presence,
    limits?: readonly Limit[],
  ): Actor | Promise<Actor> {
    if (facts.principalId === "") {
      const nobody = anonymousAt(address);
      return limits === undefined ? nobody : { ...nobody, limits };
    }
    const shown: CheckedCredential = {
      principalId: facts.principalId,
      via: facts.via,
      credentialId: facts.credentialId,
      generation: facts.generation,
      address,
      secondFactor: facts.secondFactor,
      // A stored credential has its own.
      ...(facts.credentialId === null ? { claims: facts.claims } : {}),
      ...(limits === undefined ? {} : { limits }),
    };
    const found = this.#parts.identity.actor(shown);
    return found instanceof Promise ? found.then(stillSomebody) : stillSomebody(found);
  }
}

function stillSomebody(actor: Actor | undefined): Actor {
  if (actor !== undefined) return actor;
  throw failure("token.invalid", {}, new Error("whoever it was given to counts no more"));
}
