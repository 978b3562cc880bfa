import { failure } from "../kernel/errors/catalogue.ts";
import { excerpt } from "./excerpt.ts";

/** One page of a list as it was asked for. */
export interface PageRequest {
  /** How many entries at most; 0 asks for none. */
  readonly n: number;
  /** The entry after which the page begins; it need not exist. */
  readonly last: string | undefined;
  /** Whether the client gave `n` itself. */
  readonly asked: boolean;
}

/** Every name, tag and digest that can be in a list fits this, and a database takes it as it is. */
const CURSOR = /^[\x21-\x7e]{1,512}$/;

/**
 * Reads `n` and `last`. A large `n` is cut to `limits.most`; without one a page has `limits.fallback`.
 * Throws `page.number_invalid`, or `page.last_invalid` for what can be no entry of any list.
 */
export function parsePage(
  n: string | null,
  last: string | null,
  limits: { readonly fallback: number; readonly most: number },
): PageRequest {
  if (n !== null && !/^\d+$/.test(n)) {
    throw failure("page.number_invalid", { given: excerpt(n) });
  }
  if (last !== null && last !== "" && !CURSOR.test(last)) {
    throw failure("page.last_invalid", { given: excerpt(last) });
  }
  return {
    n: Math.min(n === null ? limits.fallback : Number(n), limits.most),
    last: last === null || last === "" ? undefined : last,
    asked: n !== null,
  };
}

/**
 * The `Link` header to the next page. It is relative, so that no proxy's host or scheme can be wrong
 * in it; `path` is the decoded path, whatever may not stand in a URL or a header is escaped. A list
 * of pairs may name one parameter several times.
 */
export function nextLink(
  path: string,
  params: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
): string {
  const safe = path
    .toWellFormed()
    .replace(/[^A-Za-z0-9._~/:@!$&'()*+,;=-]/gu, (sign) => encodeURIComponent(sign));
  const query = new URLSearchParams();
  const pairs = Symbol.iterator in params ? params : Object.entries(params);
  for (const [name, value] of pairs) query.append(name, value);
  return `<${safe}?${query}>; rel="next"`;
}
