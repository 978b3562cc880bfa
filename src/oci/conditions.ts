/** One entity tag of a list: quoted, perhaps weak; or bare, as some registry clients send it. */
const ENTRY = /[\s,]*(?:(?:W\/)?"([^"]*)"|([^\s,"]+))/gy;

/**
 * Whether an `If-None-Match` header names the content with this digest (RFC 9110, section 13.1.2:
 * `*`, lists, weak comparison). Digests without quotes count too, because clients send them.
 */
export function matchesEtag(header: string | null, digest: string): boolean {
  if (header === null) return false;
  if (header.trim() === "*") return true;
  for (const [, quoted, bare] of header.matchAll(ENTRY)) {
    if ((quoted ?? bare) === digest) return true;
  }
  return false;
}
