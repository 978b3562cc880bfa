import type { Clock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { newSecretId } from "../../kernel/ids.ts";
import type { Scope } from "../../oci/scope.ts";
import type { Database } from "../../platform/database/port.ts";
import type { JobHandler } from "../../platform/jobs/port.ts";
import type { Keyring } from "../../platform/sealing/keyring.ts";
import type { Presence } from "../identity/presence.ts";
import type { Actor } from "../identity/principal.ts";
import type { Revision } from "../identity/revision/revision.ts";
import { Bearers } from "./bearers.ts";
import { isTokenVia, type Payload } from "./facts.ts";
import { type Granted, grant } from "./grant.ts";
import { signToken } from "./jwt.ts";
import { tendKeysJob } from "./keys/job.ts";
import { SigningKeys } from "./keys/service.ts";
import type { AuditPort, Decides, Knows } from "./ports.ts";
import { LONGEST_LIFETIME, SHORTEST_LIFETIME, type TokenSettings } from "./settings.ts";

/** Bytes of a provider's claims that a token carries. */
const MOST_CLAIMS = 1_536;

/** A token as the token service gives it. */
export interface RegistryToken {
  readonly token: string;
  /** Seconds, at least 60. */
  readonly expiresIn: number;
  /** Milliseconds since the epoch, a whole second. */
  readonly issuedAt: number;
  /** What it allows: what was asked for, or less. */
  readonly granted: readonly Scope[];
}

/** The tokens of the registry's wire: short, signed, and good only for what they name. */
export interface RegistryTokens {
  /**
   * A token for `actor` with as many of the scopes as it may have. Throws `token.claims_too_large`,
   * and `access.bad_credentials` for somebody who is gone meanwhile.
   */
  issue(actor: Actor, asked: readonly Scope[]): Promise<RegistryToken>;
  /**
   * Who bears a token, with what it allows as limits; at once for one that was seen before. Throws
   * `token.invalid`, alike for every reason.
   */
  actorOf(token: string, presence: Presence): Actor | Promise<Actor>;
  /**
   * The same with the credential's own limits in the place of the token's. After a refusal because
   * of the token's: where this one is allowed, another token would do, and the answer is a
   * challenge for it (`insufficient_scope`); else it is a denial. Throws `token.invalid`.
   */
  wholeActorOf(token: string, presence: Presence): Promise<Actor>;
  readonly keys: SigningKeys;
  readonly jobs: readonly JobHandler[];
}

export interface RegistryTokenParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly revision: Revision;
  readonly audit: AuditPort;
  readonly identity: Knows;
  readonly access: Decides;
  readonly settings: TokenSettings;
}

/** Who a token is for, as its claims say it. */
type Subject = Pick<Payload, "sub" | "via" | "cred" | "gen" | "mfa" | "claims">;

async function subjectOf(actor: Actor, identity: Knows): Promise<Subject> {
  const { principal, via, credentialId, secondFactor } = actor;
  if (principal.kind === "anonymous") {
    return { sub: "", via: "none", cred: null, gen: 0, mfa: false, claims: {} };
  }
  const standing = await identity.standing(principal.id);
  if (standing === undefined || !isTokenVia(via) || via === "none") {
    throw failure("access.bad_credentials");
  }
  // What a stored credential carries is read with it; only a password's provider spoke just now.
  const claims = credentialId === null ? actor.claims : {};
  const size = Buffer.byteLength(JSON.stringify(claims));
  if (size > MOST_CLAIMS) throw failure("token.claims_too_large", { size, limit: MOST_CLAIMS });
  return {
    sub: principal.id,
    via,
    cred: credentialId,
    gen: standing.generation,
    mfa: secondFactor,
    claims,
  };
}

export function openRegistryTokens(parts: RegistryTokenParts): RegistryTokens {
  const { clock, access, settings } = parts;
  const { algorithm, rotateEvery } = settings;
  const lifetime = Math.min(Math.max(settings.lifetime, SHORTEST_LIFETIME), LONGEST_LIFETIME);
  const keys = new SigningKeys({ ...parts, algorithm, rotateEvery });
  const bearers = new Bearers({ ...parts, keys });

  function payloadOf(subject: Subject, { access: allowed, projects }: Granted): Payload {
    const iat = Math.floor(clock.now() / 1_000);
    return {
      iss: settings.issuer,
      aud: settings.service,
      exp: iat + Math.floor(lifetime / 1_000),
      nbf: iat,
      iat,
      jti: newSecretId(),
      access: allowed.map(({ type, name, actions }) => ({ type, name, actions: [...actions] })),
      projects: Object.fromEntries(projects),
      ...subject,
    };
  }

  return {
    async issue(actor, asked) {
      const subject = await subjectOf(actor, parts.identity);
      const granted = await grant(access, actor, asked);
      const payload = payloadOf(subject, granted);
      const token = await signToken(payload, await keys.signing());
      const { iat, exp } = payload;
      return {
        token,
        expiresIn: exp - iat,
        issuedAt: iat * 1_000,
        granted: granted.access,
      };
    },
    actorOf: (token, presence) => bearers.actorOf(token, presence),
    wholeActorOf: (token, presence) => bearers.wholeActorOf(token, presence),
    keys,
    jobs: [tendKeysJob(keys)],
  };
}
