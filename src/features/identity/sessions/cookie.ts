import { timingSafeEqual } from "node:crypto";

/** Most of a Cookie header that is read: browsers send a few kilobytes at most. */
const LONGEST_HEADER = 16_384;
/** Most cookies that are looked at. */
const MOST_COOKIES = 200;

/**
 * The session cookie's name. `__Host-` makes browsers refuse it unless it is Secure, without
 * Domain and for `/`, so that no neighbouring host can plant one (A44); they demand HTTPS for it.
 */
export function sessionCookieName(secure: boolean): string {
  return secure ? "__Host-entrepot" : "entrepot_session";
}

/** The value of `Set-Cookie` that gives the browser a session. `maxAge` in seconds. */
export function sessionCookie(value: string, options: { secure: boolean; maxAge: number }): string {
  const { secure, maxAge } = options;
  const name = sessionCookieName(secure);
  const flags = `Path=/; HttpOnly; ${secure ? "Secure; " : ""}SameSite=Lax`;
  return `${name}=${value}; Max-Age=${Math.max(0, Math.floor(maxAge))}; ${flags}`;
}

/** The value of `Set-Cookie` that makes the browser forget its session. */
export function forgottenCookie(secure: boolean): string {
  return sessionCookie("", { secure, maxAge: 0 });
}

/**
 * The value of the one cookie called `name` in a Cookie header (RFC 6265, section 4.2.1).
 * Undefined when it is not there, when it is there twice (one of them may be planted), or when
 * the header is longer than any browser's.
 */
export function readCookie(header: string | null, name: string): string | undefined {
  if (header === null || header.length > LONGEST_HEADER) return undefined;
  const pairs = header.split(";", MOST_COOKIES + 1);
  if (pairs.length > MOST_COOKIES) return undefined;
  let found: string | undefined;
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    if (found !== undefined) return undefined;
    found = unquote(pair.slice(equals + 1).trim());
  }
  return found;
}

/** The session cookie of a request, under the one name that counts for its kind of connection. */
export function readSessionCookie(header: string | null, secure: boolean): string | undefined {
  return readCookie(header, sessionCookieName(secure));
}

/** Whether `token` is the CSRF token that was expected; compared in constant time. */
export function csrfMatches(expected: string, token: string): boolean {
  const [wanted, given] = [Buffer.from(expected), Buffer.from(token)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** "cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE )" */
function unquote(value: string): string {
  const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  return isQuoted ? value.slice(1, -1) : value;
}
