import type { JWK } from "jose";

/** What tokens may be signed with: asymmetric alone, so that no public key becomes a password. */
export const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "EdDSA",
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export function isAlgorithm(text: unknown): text is Algorithm {
  return ALGORITHMS.some((known) => known === text);
}

/** The keys of an issuer, by key id; several may share one. */
export type KeySet = ReadonlyMap<string, readonly JWK[]>;

const MOST_KEYS = 100;
const LONGEST_ID = 256;
/** Bits of an RSA key: fewer are weak, more only cost. */
const RSA_BITS = [2_048, 8_192] as const;
/** SPIFFE's bundles mark the keys of JWT-SVIDs so (SPIFFE-ID, section 4.2.2). */
const SIGNING_USES: ReadonlySet<unknown> = new Set([undefined, "sig", "jwt-svid"]);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads a JWK Set (RFC 7517, section 5): of its keys those that can sign tokens. What is not
 * understood is left out, as the RFC wants it. Throws an Error for what is no JWK Set.
 */
export function parseKeySet(document: unknown): KeySet {
  const listed = isRecord(document) ? document.keys : undefined;
  if (!Array.isArray(listed)) throw new Error("not a JWK Set");
  if (listed.length > MOST_KEYS) throw new Error(`more than ${MOST_KEYS} keys`);
  const keys = new Map<string, JWK[]>();
  for (const each of listed) {
    const key = publicKeyOf(each);
    if (key?.kid === undefined) continue;
    const same = keys.get(key.kid) ?? [];
    same.push(key);
    keys.set(key.kid, same);
  }
  return keys;
}

/** The public half of a key that tokens can be signed with; undefined for any other. */
function publicKeyOf(given: unknown): JWK | undefined {
  if (!isRecord(given) || !SIGNING_USES.has(given.use)) return undefined;
  const { kid, alg, kty, crv, n, e, x, y } = given;
  if (typeof kid !== "string" || kid === "" || kid.length > LONGEST_ID) return undefined;
  if (alg !== undefined && !isAlgorithm(alg)) return undefined;
  const common = { kid, ...(alg === undefined ? {} : { alg }) };
  if (kty === "RSA" && isText(n) && isText(e) && isSizedRsa(n)) return { ...common, kty, n, e };
  if (kty === "EC" && isText(x) && isText(y) && (crv === "P-256" || crv === "P-384")) {
    return { ...common, kty, crv, x, y };
  }
  if (kty === "OKP" && isText(x) && crv === "Ed25519") return { ...common, kty, crv, x };
  return undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= 2_048;
}

function isSizedRsa(modulus: string): boolean {
  const bits = Math.floor((modulus.length * 6) / 8) * 8;
  return bits >= RSA_BITS[0] && bits <= RSA_BITS[1];
}

/** Whether tokens of that algorithm may be signed with the key: one that names its own has no other. */
export function fits({ kty, crv, alg }: JWK, algorithm: Algorithm): boolean {
  if (alg !== undefined) return alg === algorithm;
  if (kty === "RSA") return algorithm.startsWith("RS") || algorithm.startsWith("PS");
  if (kty === "EC") return algorithm === (crv === "P-256" ? "ES256" : "ES384");
  return algorithm === "EdDSA";
}
