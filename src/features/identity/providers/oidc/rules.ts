/** Claims as an issuer says them. */
export type Claims = Readonly<Record<string, unknown>>;

const MOST_GROUPS = 2_000;
const MOST_GROUP_NAME = 1_024;
const MOST_RETURN_TO = 2_048;

function own(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Claims)[key];
}

/**
 * The claim of that name, or else at that dotted path (`realm_access.roles`). The whole name comes
 * first: issuers have to use URLs for names of their own, and those have dots.
 */
export function claimAt(claims: Claims, name: string): unknown {
  if (name === "") return undefined;
  const whole = own(claims, name);
  if (whole !== undefined) return whole;
  return name.split(".").reduce<unknown>((at, word) => own(at, word), claims);
}

/** A claim that is text and not empty. */
export function textClaim(claims: Claims, name: string): string | undefined {
  const value = claimAt(claims, name);
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** The groups in a claim that is a list of texts, or one text. Anything else names no group. */
export function groupsClaim(claims: Claims, name: string): string[] {
  const value = claimAt(claims, name);
  const list = Array.isArray(value) ? value : [value];
  const names = list.filter((each) => typeof each === "string");
  const kept = names.filter((each) => each !== "" && each.length <= MOST_GROUP_NAME);
  return [...new Set(kept)].slice(0, MOST_GROUPS);
}

/** What an ID token says about itself, and not about the person. */
const PROTOCOL = new Set([
  ...["nonce", "at_hash", "c_hash", "s_hash", "sid", "azp", "acr", "amr"],
  ...["exp", "iat", "nbf", "jti", "auth_time", "aud"],
]);
const MOST_KEPT = 8_192;

/** The claims to remember for conditions: without the protocol's own, the largest left out. */
export function keptClaims(claims: Claims): Record<string, unknown> {
  const sized = Object.entries(claims)
    .filter(([name, value]) => !PROTOCOL.has(name) && value !== undefined)
    .map(([name, value]) => ({ name, value, size: JSON.stringify([name, value]).length }))
    .sort((a, b) => a.size - b.size);
  const kept: [string, unknown][] = [];
  let total = 0;
  for (const { name, value, size } of sized) {
    total += size;
    if (total > MOST_KEPT) break;
    kept.push([name, value]);
  }
  return Object.fromEntries(kept);
}

const HOME = "/";
/** Reads a path as a browser would, on a host that nobody can have. */
const NOWHERE = "http://nowhere.invalid";

/** Decoded until nothing is left to decode; undefined when that is not possible. */
function decoded(text: string): string | undefined {
  let current = text;
  for (let round = 0; round < 5; round += 1) {
    let next: string;
    try {
      next = decodeURIComponent(current);
    } catch {
      return undefined;
    }
    if (next === current) return current;
    current = next;
  }
  return undefined;
}

/** Whether a browser could read it as another place than a path of this one. */
function isTricky(path: string): boolean {
  return (
    !path.startsWith("/") || /^\/[/\\]/.test(path) || /[\\\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(path)
  );
}

/**
 * Where to go after a login: the path that was asked for, with query and fragment, when it is one
 * of this origin beyond doubt; else `/` (A42). What counts is the path as a browser resolves it,
 * encoded and decoded.
 */
export function safeReturnTo(asked: string | undefined): string {
  if (asked === undefined || asked.length > MOST_RETURN_TO || isTricky(asked)) return HOME;
  // In a query or fragment, anything may be encoded: no browser takes a host from there.
  const [path = ""] = asked.split(/[?#]/, 1);
  const plain = decoded(path);
  if (plain === undefined || isTricky(plain) || !URL.canParse(asked, NOWHERE)) return HOME;
  const url = new URL(asked, NOWHERE);
  const resolved = decoded(url.pathname);
  if (url.origin !== NOWHERE || resolved === undefined || isTricky(resolved)) return HOME;
  return `${url.pathname}${url.search}${url.hash}`;
}
