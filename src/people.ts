import type { Config } from "./config/schema.ts";
import { grantable } from "./features/access/permissions.ts";
import type { Access } from "./features/access/service.ts";
import type { Audit } from "./features/audit/service.ts";
import { type Factors, openFactors } from "./features/identity/factors/service.ts";
import { openProviders, type Providers } from "./features/identity/providers/providers.ts";
import type { Revision } from "./features/identity/revision/revision.ts";
import { type Identity, openIdentity } from "./features/identity/service.ts";
import { openSessions, type Sessions } from "./features/identity/sessions/service.ts";
import { usualSettings } from "./features/identity/settings.ts";
import { sourceOf } from "./features/identity/tokens/networks.ts";
import type { Clock } from "./kernel/clock.ts";
import { consoleParty } from "./origins.ts";
import type { Database } from "./platform/database/port.ts";
import { fetchThrough } from "./platform/outbound/as-fetch.ts";
import type { Outbound } from "./platform/outbound/port.ts";
import type { Keyring } from "./platform/sealing/keyring.ts";
import type { Logger } from "./platform/telemetry/telemetry.ts";

export interface PeopleParts {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly revision: Revision;
  readonly audit: Audit;
  readonly access: Access;
  readonly outbound: Outbound;
  readonly logger: Logger;
}

/** Who comes in, and how. */
export interface People {
  readonly identity: Identity;
  readonly providers: Providers;
  readonly sessions: Sessions;
  readonly factors: Factors;
}

/** Opens accounts, login providers, sessions and second factors upon one another. */
export function openPeople(parts: PeopleParts): People {
  const { config, db, clock, keyring, revision, audit, access, outbound, logger } = parts;
  const { auth } = config;
  const toIssuers = fetchThrough(outbound, { purpose: "login", internalAllowed: true });
  const providers = openProviders({
    db,
    clock,
    revision,
    audit,
    logger,
    keyring,
    configs: auth.providers,
    // The operator has named them: they may be inside.
    fetch: (url, { method, headers, body, redirect, signal }) =>
      toIssuers(url, { method, headers: new Headers(headers), body, redirect, signal }),
    callbackPath: (name) => `/api/v1/auth/oidc/${encodeURIComponent(name)}/callback`,
  });
  const identity = openIdentity({
    db,
    clock,
    revision,
    audit,
    keyring,
    providers: providers.passwords,
    knownActions: grantable,
    settings: {
      ...usualSettings,
      personalTokens: {
        lifetime: Math.min(usualSettings.personalTokens.lifetime, auth.personalTokenMaxTtl),
        longest: auth.personalTokenMaxTtl,
      },
      loginTokens: { ...usualSettings.loginTokens, lifetime: auth.loginPasswordTtl },
      refreshTokens: { lifetime: auth.refreshTokenTtl },
    },
  });
  const lifetimes = { idle: auth.sessionIdle, most: auth.sessionMax };
  const sessions = openSessions({
    db,
    clock,
    keyring,
    revision,
    audit,
    lifetimes,
    async mustHaveFactor(principalId) {
      const groups = (await identity.groups.of(principalId)).map(({ id }) => id);
      return access.requiresSecondFactor(principalId, groups);
    },
  });
  const byPassword = new Set(
    auth.providers.filter(({ type }) => type !== "oidc").map(({ name }) => name),
  );
  const factors = openFactors({
    db,
    clock,
    keyring,
    revision,
    audit,
    sessions,
    lifetimes,
    stepUp: auth.stepUp,
    party: { name: auth.realm, ...consoleParty(config) },
    source: sourceOf,
    checkPassword: (name, password, presence) => identity.checkPassword(name, password, presence),
    hasPassword: (origin) => byPassword.has(origin),
    // Only of our own accounts do we know ourselves who has left.
    mayUsePasskeyAlone: (origin) => origin === "local",
  });
  return { identity, providers, sessions, factors };
}
