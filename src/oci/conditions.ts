/** One entity tag of a list: quoted, perhaps weak; or bare, as some registry clients send it. */
const ENTRY = /[\s,]*(?:(W\/)?"([^"]*)"|([^\s,"]+))/gy;

/**
 * Whether an `If-None-Match` header names the content with this digest (RFC 9110, section 13.1.2:
 * `*`, lists, weak comparison). Digests without quotes count too, because clients send them.
 */
export function matchesEtag(header: string | null, digest: string): boolean {
  if (header === null) return false;
  if (header.trim() === "*") return true;
  for (const [, , quoted, bare] of header.matchAll(ENTRY)) {
    if ((quoted ?? bare) === digest) return true;
  }
  return false;
}

/**
 * The entity tags that an `If-Match` header names; `["*"]` for any. Weak ones are left out, since
 * "a recipient MUST use the strong comparison function" here (RFC 9110, section 13.1.1).
 */
export function etagsOf(header: string): string[] {
  if (header.trim() === "*") return ["*"];
  const etags: string[] = [];
  for (const [, weak, quoted, bare] of header.matchAll(ENTRY)) {
    const etag = quoted ?? bare;
    // A star among others, or within quotes, is no wildcard.
    if (weak === undefined && etag !== undefined && etag !== "*") etags.push(etag);
  }
  return etags;
}
