import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
} from "openid-client";
import type { OidcProvider } from "../../../../config/providers/oidc.ts";
import { type Clock, HOUR, MINUTE } from "../../../../kernel/clock.ts";
import { failure } from "../../../../kernel/errors/catalogue.ts";
import type { Logger } from "../../../../platform/telemetry/telemetry.ts";
import { revealed } from "../credential-file.ts";

/** As `fetch`: every call to an issuer goes through one. */
export type OutboundFetch = (url: string, init: RequestInit) => Promise<Response>;

/** How long what an issuer publishes of itself is believed. */
const FRESH = HOUR;
/** How long it is used when the issuer cannot be asked again. */
const USABLE = 24 * HOUR;
/** After a failed look, the next one waits so long while an older answer serves. */
const PAUSE = MINUTE;
/** Seconds. */
const TIMEOUT = 10;
/** Seconds by which the clocks of issuer and registry may differ. */
const SKEW = 60;

interface Discovered {
  readonly configuration: Configuration;
  readonly secret: string | undefined;
  readonly at: number;
}

/** A call that got no answer at all: the issuer's fault or the network's, not the login's. */
export class NoAnswer extends Error {
  constructor(cause: unknown) {
    super("the issuer did not answer", { cause });
    this.name = "NoAnswer";
  }
}

function authentication(config: OidcProvider, secret: string | undefined): ClientAuth {
  if (secret === undefined) return None();
  return config.clientAuthentication === "post"
    ? ClientSecretPost(secret)
    : ClientSecretBasic(secret);
}

/** What one issuer publishes of itself, asked once and again each hour. */
export class Issuer {
  readonly #config: OidcProvider;
  readonly #fetch: OutboundFetch;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #known: Discovered | undefined;
  #underway: Promise<Discovered> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(
    config: OidcProvider,
    parts: { readonly fetch: OutboundFetch; readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#config = config;
    this.#fetch = parts.fetch;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  /** Throws `provider.unavailable`. */
  async configuration(): Promise<Configuration> {
    const { clientSecret, clientSecretFile, name } = this.#config;
    try {
      const secret = await revealed(clientSecret, clientSecretFile);
      const known = this.#known;
      const now = this.#clock.now();
      if (known !== undefined && known.secret === secret) {
        const age = now - known.at;
        if (age < FRESH || (age < USABLE && now - this.#failedAt < PAUSE)) {
          return known.configuration;
        }
      }
      return await this.#renewed(secret, now);
    } catch (error) {
      throw failure("provider.unavailable", { provider: name }, error);
    }
  }

  async #renewed(secret: string | undefined, now: number): Promise<Configuration> {
    this.#underway ??= this.#discover(secret, now).finally(() => {
      this.#underway = undefined;
    });
    try {
      this.#known = await this.#underway;
      return this.#known.configuration;
    } catch (error) {
      const known = this.#known;
      if (known === undefined || known.secret !== secret || now - known.at >= USABLE) throw error;
      this.#failedAt = now;
      this.#logger.warn(
        { provider: this.#config.name, err: error },
        "the issuer cannot be asked again; what it published before is used",
      );
      return known.configuration;
    }
  }

  async #discover(secret: string | undefined, at: number): Promise<Discovered> {
    const { issuer, clientId } = this.#config;
    const url = new URL(issuer);
    const configuration = await discovery(
      url,
      clientId,
      { [clockTolerance]: SKEW },
      authentication(this.#config, secret),
      {
        timeout: TIMEOUT,
        [customFetch]: async (target, init) => {
          try {
            return await this.#fetch(target, init as RequestInit);
          } catch (error) {
            throw new NoAnswer(error);
          }
        },
        execute: [
          // The signature of an ID token is verified although it came over TLS.
          enableNonRepudiationChecks,
          // The configuration takes `http:` for this machine only.
          ...(url.protocol === "http:" ? [allowInsecureRequests] : []),
        ],
      },
    );
    // OpenID Connect Discovery §4.3: the issuer MUST be exactly the one that was asked.
    const published = configuration.serverMetadata().issuer;
    if (published !== issuer) {
      throw new Error(`the issuer calls itself ${published}, and the configuration ${issuer}`);
    }
    return { configuration, secret, at };
  }
}
