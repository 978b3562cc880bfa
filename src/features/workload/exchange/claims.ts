import type { Claims } from "./outside-token.ts";

/** Bytes of JSON of all that is kept. */
const MOST_BYTES = 4_096;
const LONGEST_TEXT = 512;
const MOST_DEPTH = 3;
const MOST_ITEMS = 20;
/** Of the outside token alone: they say nothing of whoever holds ours. */
const LEFT_OUT: ReadonlySet<string> = new Set(["exp", "nbf", "iat", "jti", "aud", "nonce"]);

/**
 * What is kept of an outside token's claims, for the conditions of bindings: as they are, but those
 * that are too long, too deep or too many are left out whole. A value is never cut: half of one
 * could mean something else. Short claims are taken first.
 */
export function keptClaims(claims: Claims): Record<string, unknown> {
  const sized = Object.entries(claims)
    .filter(([name, value]) => !LEFT_OUT.has(name) && isSmall(value, MOST_DEPTH))
    .map(([name, value]) => {
      const size = Buffer.byteLength(JSON.stringify([name, value]));
      return { name, value, size };
    })
    .sort((a, b) => a.size - b.size);
  let left = MOST_BYTES;
  const kept = sized.filter(({ size }) => {
    left -= size;
    return left >= 0;
  });
  return Object.fromEntries(kept.map(({ name, value }) => [name, value]));
}

function isSmall(value: unknown, depth: number): boolean {
  if (typeof value === "string") return value.length <= LONGEST_TEXT;
  if (typeof value === "number" || typeof value === "boolean") return true;
  if (typeof value !== "object" || value === null || depth === 0) return false;
  const inner = Object.entries(value);
  return (
    inner.length <= MOST_ITEMS &&
    inner.every(([name, each]) => name.length <= LONGEST_TEXT && isSmall(each, depth - 1))
  );
}
