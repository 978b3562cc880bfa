/** The target of `Link: <…>; rel="next"` (RFC 8288), as path and query; undefined on the last page. */
export function nextPage(link: string | undefined): string | undefined {
  if (link === undefined) return undefined;
  const match = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link);
  const target = match?.[1];
  if (target === undefined) return undefined;
  // Only path and query count: behind a proxy the host of an absolute link may be another one.
  const url = new URL(target, "http://registry.invalid");
  return url.pathname + url.search;
}
