import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import type { OidcProvider } from "../../../../config/providers/oidc.ts";
import type { Clock } from "../../../../kernel/clock.ts";
import { failure } from "../../../../kernel/errors/catalogue.ts";
import type { Keyring } from "../../../../platform/sealing/keyring.ts";
import type { Logger } from "../../../../platform/telemetry/telemetry.ts";
import { systemDoer } from "../../../audit/entry.ts";
import type { AuditPort } from "../../audit-port.ts";
import type { Presence } from "../../presence.ts";
import type { Vouched } from "../../providers-port.ts";
import type { Refusal, Sighting } from "../provision/rules.ts";
import type { Provisioning } from "../provision/service.ts";
import { type ProviderReport, Report, reasonOf } from "../report.ts";
import { Issuer, NoAnswer, type OutboundFetch } from "./issuer.ts";
import { type Claims, groupsClaim, keptClaims, safeReturnTo, textClaim } from "./rules.ts";
import { LOGIN_LIFETIME, openState, sealState } from "./state.ts";

/** Seconds: how recent a login has to be that was asked for anew. */
const FRESH = 60;
/** OpenID Connect Core §2: `sub` MUST NOT exceed 255 characters. */
const MOST_SUBJECT = 255;

export interface Begin {
  /** Where the browser goes in the end; anything but a path of this origin becomes `/`. */
  readonly returnTo?: string | undefined;
  /** The public origin of the registry, from the configuration. */
  readonly origin: string;
  /** Whether the person must log in anew although the provider knows them (step-up). */
  readonly isFresh?: boolean;
}

export interface Finished extends Vouched {
  readonly returnTo: string;
  /** Whether the login was asked to be a new one, and was. */
  readonly isFresh: boolean;
}

/** Single sign-on at one OpenID provider: the code flow with PKCE. */
export interface OidcLogin {
  readonly name: string;
  /** Where to send the browser, and what its cookie has to keep until it is back (10 minutes). */
  begin(ask: Begin): Promise<{ readonly url: string; readonly sealedState: string }>;
  /**
   * Takes what the browser came back with. Throws `provider.login_expired`,
   * `provider.login_failed`, `provider.not_admitted`, `provider.unavailable`.
   */
  finish(callback: URL, sealedState: string | undefined, presence: Presence): Promise<Finished>;
  /** Where logging out there happens, for browsers; undefined when it does not. */
  logoutUrl(returnTo: string): Promise<string | undefined>;
  test(): Promise<ProviderReport>;
}

export interface OidcParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keyring: Keyring;
  readonly audit: AuditPort;
  readonly provisioning: Pick<Provisioning, "login">;
  readonly fetch: OutboundFetch;
  /** The path of this provider's redirect URI. */
  readonly callbackPath: (provider: string) => string;
}

function isUnanswered(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof Error && isUnanswered(error.cause));
}

export function openOidc(config: OidcProvider, parts: OidcParts): OidcLogin {
  const { clock, keyring, audit, provisioning, logger } = parts;
  const { name: provider, claims: names } = config;
  const issuer = new Issuer(config, parts);

  /** A login that ends here is in the audit log; the caller learns little. */
  async function deny(reason: string, subject: string | null, presence: Presence): Promise<void> {
    const { address, requestId } = presence;
    const object = { kind: "user", id: null, name: subject };
    const details = { provider };
    const entry = { action: "login", object, project: null, result: "denied", reason, details };
    await audit.append({ ...systemDoer, address, requestId }, [{ ...entry, result: "denied" }]);
  }

  async function claimsOf(
    configuration: Configuration,
    callback: URL,
    state: {
      state: string;
      nonce: string;
      verifier: string;
      redirectUri: string;
      isFresh: boolean;
    },
  ): Promise<Claims & { readonly sub: string }> {
    // RFC 6749 §4.1.3: the redirect URI is the one of the request; proxies may show us another.
    const current = new URL(state.redirectUri);
    current.search = callback.search;
    const tokens = await authorizationCodeGrant(configuration, current, {
      expectedState: state.state,
      expectedNonce: state.nonce,
      pkceCodeVerifier: state.verifier,
      idTokenExpected: true,
      ...(state.isFresh ? { maxAge: FRESH } : {}),
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error("there is no ID token");
    if (!config.userinfo) return claims;
    const more = await fetchUserInfo(configuration, tokens.access_token, claims.sub);
    return { ...more, ...claims };
  }

  function sightingOf(claims: Claims & { readonly sub: string }): Sighting {
    const { sub } = claims;
    const email = textClaim(claims, names.email);
    return {
      provider,
      issuer: config.issuer,
      subject: sub,
      name: textClaim(claims, names.name) ?? email ?? sub,
      displayName: textClaim(claims, names.displayName),
      email,
      groups: names.groups === "" ? undefined : groupsClaim(claims, names.groups),
      groupForm: "exact",
    };
  }

  function isAllowed({ groups = [] }: Sighting): boolean {
    const { allowedGroups } = config;
    return allowedGroups.length === 0 || groups.some((group) => allowedGroups.includes(group));
  }

  function refusal(why: Refusal): Error {
    if (why === "not_admitted") return failure("provider.not_admitted", { provider });
    return failure("provider.login_failed", {}, new Error(why));
  }

  return {
    name: provider,
    async begin({ returnTo, origin, isFresh = false }) {
      const configuration = await issuer.configuration();
      const redirectUri = new URL(parts.callbackPath(provider), origin).href;
      const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()];
      const url = buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: config.scopes.join(" "),
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        ...(isFresh ? { prompt: "login", max_age: String(FRESH) } : {}),
      });
      const sealedState = sealState(keyring, {
        ...{ provider, state, nonce, verifier, redirectUri, isFresh },
        returnTo: safeReturnTo(returnTo),
        expires: clock.now() + LOGIN_LIFETIME,
      });
      return { url: url.href, sealedState };
    },

    async finish(callback, sealedState, presence) {
      const state = openState(keyring, sealedState ?? "", provider, clock.now());
      if (state === undefined) {
        await deny("provider.login_expired", null, presence);
        throw failure("provider.login_expired");
      }
      const configuration = await issuer.configuration();
      let claims: Claims & { readonly sub: string };
      try {
        claims = await claimsOf(configuration, callback, state);
      } catch (error) {
        if (isUnanswered(error)) throw failure("provider.unavailable", { provider }, error);
        logger.warn({ provider, err: error }, "a login at the issuer was not completed");
        await deny("provider.login_failed", null, presence);
        throw failure("provider.login_failed", {}, error);
      }
      const sighting = sightingOf(claims);
      const { sub } = claims;
      if (sub.length > MOST_SUBJECT || !isAllowed(sighting)) {
        await deny("provider.not_allowed", sub, presence);
        throw failure("provider.not_admitted", { provider });
      }
      const { autoProvision } = config;
      const admission = { autoProvision, numbered: true };
      const outcome = await provisioning.login(sighting, admission, presence);
      if (!outcome.ok) throw refusal(outcome.refusal);
      const { principalId } = outcome;
      const { returnTo, isFresh } = state;
      return { principalId, provider, claims: keptClaims(claims), returnTo, isFresh };
    },

    async logoutUrl(returnTo) {
      if (!config.logout) return undefined;
      const configuration = await issuer.configuration();
      const { end_session_endpoint: endpoint } = configuration.serverMetadata();
      // It is for a browser to open: nothing but the web's own schemes.
      if (endpoint === undefined || !/^https?:\/\//i.test(endpoint)) return undefined;
      return buildEndSessionUrl(configuration, { post_logout_redirect_uri: returnTo }).href;
    },

    async test() {
      const report = new Report();
      try {
        const metadata = (await issuer.configuration()).serverMetadata();
        report.add("discovery", true, {
          issuer: metadata.issuer,
          authorization_endpoint: metadata.authorization_endpoint ?? "",
          token_endpoint: metadata.token_endpoint ?? "",
          pkce: metadata.supportsPKCE(),
          logout: metadata.end_session_endpoint ?? "",
        });
        const jwks = await parts.fetch(metadata.jwks_uri ?? "", { redirect: "manual" });
        const facts = { jwks_uri: metadata.jwks_uri ?? "", status: jwks.status };
        await jwks.body?.cancel();
        report.add("keys", jwks.ok, facts);
      } catch (error) {
        report.add("discovery", false, { issuer: config.issuer }, reasonOf(error));
      }
      return report.of(provider, "oidc");
    },
  };
}
