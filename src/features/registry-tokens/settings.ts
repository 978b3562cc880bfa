import { HOUR, MINUTE, SECOND } from "../../kernel/clock.ts";

/** How registry tokens are signed. */
export type Algorithm = "EdDSA" | "ES256";

export interface TokenSettings {
  /** `iss`: the installation's URL, or `entrepot`. */
  readonly issuer: string;
  /** `aud`, and the service that challenges name. */
  readonly service: string;
  /** How long a token counts, in milliseconds. */
  readonly lifetime: number;
  readonly algorithm: Algorithm;
  /** How often the signing key is replaced, in milliseconds. */
  readonly rotateEvery: number;
}

/** "Clients assume 60 seconds as default and minimum" of `expires_in`. */
export const SHORTEST_LIFETIME = MINUTE;

/** What the configuration allows at most: a token that says more was not made by us. */
export const LONGEST_LIFETIME = HOUR;

/** How far the clocks of two nodes may lie apart (A36, A65). */
export const SKEW = 60 * SECOND;

/** A longer text is not looked at (A36). */
export const MOST_TOKEN = 8_192;
