import { decodeProtectedHeader, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { type BearerFacts, factsOf, type Payload, readPayload } from "./facts.ts";
import type { PublicKey, SigningKey } from "./keys/material.ts";
import { LONGEST_LIFETIME, MOST_TOKEN, SKEW } from "./settings.ts";

/** Ours alone, so that no other kind of signed text can stand for a registry token (A37). */
const TYPE = "registry+jwt";

export interface Expected {
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
  /** The key of that id, or undefined. */
  find(kid: string): Promise<PublicKey | undefined>;
}

/** A token in the compact form. */
export function signToken(payload: Payload, { kid, algorithm, key }: SigningKey): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: algorithm, kid, typ: TYPE }).sign(key);
}

/** Why a token was refused: for the log; whoever shows it is told one thing for every reason. */
function refused(why: string, cause?: unknown): Error {
  return failure("token.invalid", {}, new Error(why, { cause }));
}

/** One token has one spelling: no other text decodes to the same bytes. */
function isCanonical(part: string): boolean {
  return part !== "" && Buffer.from(part, "base64url").toString("base64url") === part;
}

/** The key that the header names: all that is believed of it before the signature is checked. */
function keyNamedBy(token: string): string {
  if (token.length > MOST_TOKEN) throw refused("too long");
  const parts = token.split(".", 4);
  if (parts.length !== 3 || !parts.every(isCanonical)) throw refused("not a compact JWS");
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    header = decodeProtectedHeader(token);
  } catch (error) {
    throw refused("an unreadable header", error);
  }
  const { alg: _, kid, typ, ...others } = header;
  // `jwk`, `jku`, `x5u`, `x5c`, `crit`, `b64`: whoever writes the token never says how to check it.
  if (Object.keys(others).length > 0) throw refused("a header that we would not have written");
  if (typ !== TYPE) throw refused("another kind of token");
  if (typeof kid !== "string" || !/^[0-9a-z]{26}$/.test(kid)) throw refused("no key named");
  return kid;
}

/**
 * Checks a token whole (A36): size, form, type, the algorithm of its key and no other, signature,
 * issuer, audience and times. Throws `token.invalid`, alike for every reason.
 */
export async function verifyToken(token: string, expected: Expected): Promise<BearerFacts> {
  const kid = keyNamedBy(token);
  const key = await expected.find(kid);
  if (key === undefined) throw refused("a key that is not ours");
  let payload: Payload;
  try {
    const verified = await jwtVerify(token, key.key, {
      // Whatever the header says, a key is used with its own algorithm and no other.
      algorithms: [key.algorithm],
      typ: TYPE,
      issuer: expected.issuer,
      audience: expected.audience,
      requiredClaims: ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"],
      clockTolerance: SKEW / 1_000,
      currentDate: new Date(expected.clock.now()),
    });
    payload = readPayload(verified.payload);
  } catch (error) {
    throw refused("its signature, claims or times", error);
  }
  const { iat, exp, sub, via } = payload;
  if (iat * 1_000 > expected.clock.now() + SKEW) throw refused("from the future");
  if (exp <= iat || (exp - iat) * 1_000 > LONGEST_LIFETIME) throw refused("a life too long");
  if ((sub === "") !== (via === "none")) throw refused("somebody without a way in");
  return factsOf(payload, kid);
}
