// RFC 9110, section 4.2.3 (authority) without userinfo; `_` occurs in the names of private networks.
const HOST = /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/;

/** Whether a Host value is one plain authority, fit to be echoed in a URL. */
export function isHost(value: string): boolean {
  return HOST.test(value);
}

export interface Target {
  readonly path: string;
  readonly query: string;
}

/**
 * Cuts path and query out of a request's URL by hand: a URL object would decode and reorder,
 * and with it two spellings of one path would meet. Returns undefined for whatever is no origin form
 * (RFC 9112, section 3.2.1), and for a fragment, which no client may send.
 */
export function cutTarget(url: string): Target | undefined {
  // Only "http://" and "https://" get here: the fifth letter tells them apart.
  if (!url.startsWith("http")) return undefined;
  const slash = url.indexOf("/", url.charCodeAt(4) === 115 ? 8 : 7);
  if (slash < 0 || url.includes("#", slash)) return undefined;
  const mark = url.indexOf("?", slash);
  if (mark < 0) return { path: url.slice(slash), query: "" };
  return { path: url.slice(slash, mark), query: url.slice(mark + 1) };
}
