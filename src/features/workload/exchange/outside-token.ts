import { errors, importJWK, type JWK, jwtVerify } from "jose";
import { DAY, SECOND } from "../../../kernel/clock.ts";
import { type Algorithm, isAlgorithm } from "../keys/key-set.ts";
import type { Refusal } from "./refusal.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** What a token says of itself, before anything of it is believed. */
export interface Unverified {
  readonly token: string;
  readonly kid: string;
  readonly alg: Algorithm;
  /** Undefined for a JWT-SVID without one. */
  readonly issuer: string | undefined;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** Tokens of the known issuers have 1 to 3 kB. */
export const LONGEST_TOKEN = 16_384;
const LONGEST_VALUE = 1_024;
const MOST_AUDIENCES = 20;
const SEGMENTS = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** All that a header may have: one that brings its own key, or asks for more, is refused (A36). */
const HEADER: ReadonlySet<string> = new Set(["alg", "kid", "typ", "x5t", "x5t#S256", "cty"]);
const TYPES: ReadonlySet<unknown> = new Set([undefined, "JWT", "jwt", "JOSE"]);

/** Seconds that clocks may differ. */
const SKEW = 60;
/**
 * The oldest that a token may be, whatever its `exp`: issuers give them for minutes or hours, and a
 * longer one is a stored secret again.
 */
const MOST_AGE = DAY / SECOND;

/**
 * Takes a JWT apart without believing it: enough to find the rules and the key. Gives a refusal for
 * whatever is no signed JWT of an algorithm, shape and size that are taken.
 */
export function readUnverified(token: string): Unverified | Refusal {
  if (token.length > LONGEST_TOKEN || !SEGMENTS.test(token)) return "malformed";
  const [first = "", second = ""] = token.split(".");
  const header = decode(first);
  const claims = decode(second);
  if (header === undefined || claims === undefined) return "malformed";
  const { alg, kid, typ } = header;
  if (!isAlgorithm(alg)) return "algorithm";
  if (Object.keys(header).some((name) => !HEADER.has(name)) || !TYPES.has(typ)) return "header";
  if (typeof kid !== "string" || kid === "" || kid.length > LONGEST_VALUE) return "key_unknown";
  const { iss, sub, aud } = claims;
  const audiences = audiencesOf(aud);
  if (iss !== undefined && !isText(iss)) return "malformed";
  if (!isText(sub) || audiences === undefined) return "malformed";
  return { token, kid, alg, issuer: iss, subject: sub, audiences };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= LONGEST_VALUE;
}

function decode(segment: string): Record<string, unknown> | undefined {
  try {
    const bytes = Buffer.from(segment, "base64url");
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
    return isRecord ? { ...value } : undefined;
  } catch {
    // Not UTF-8, not JSON, or nested beyond what the parser takes.
    return undefined;
  }
}

/** "aud" is one text or a list of texts (RFC 7519, section 4.1.3). */
export function audiencesOf(aud: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (list.length === 0 || list.length > MOST_AUDIENCES) return undefined;
  return list.every(isText) ? list : undefined;
}

/**
 * Verifies signature and times with one of the keys, and gives the claims that can be believed from
 * then on. `exp`, `iat` and `nbf` must be there (A36), the last but in JWT-SVIDs, whose
 * specification knows none. One token may be shown many times while it lives: pipelines and pods
 * do so by design, and what they get for it is short and bound to their robot.
 */
export async function verify(
  { token, alg }: Unverified,
  keys: readonly JWK[],
  now: number,
  isSvid: boolean,
): Promise<Claims | Refusal> {
  let refusal: Refusal = "signature";
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, await importJWK(key, alg), {
        algorithms: [alg],
        clockTolerance: SKEW,
        currentDate: new Date(now),
        maxTokenAge: MOST_AGE,
        requiredClaims: ["sub", "aud", "exp", "iat", ...(isSvid ? [] : ["iss", "nbf"])],
      });
      return payload;
    } catch (error) {
      refusal = refusalOf(error);
      if (refusal !== "signature") break;
    }
  }
  return refusal;
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) return error.claim === "iat" ? "too_old" : "expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === "missing" || error.reason === "invalid") return "claims_missing";
    return "not_yet";
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  return "malformed";
}
