import { failure } from "../../kernel/errors/catalogue.ts";

/** One page of a list that is paged by key: what it costs does not depend on how long the list is. */
export interface Page<T> {
  readonly items: readonly T[];
  /** What to give as `after` for the next page; null when there is none. */
  readonly next: string | null;
}

/** How a page is asked for. */
export interface PageAsk {
  /** The `next` of the page before. */
  readonly after?: string | null;
  /** At most so many items: 1 to 200, and 50 when left out. */
  readonly limit?: number;
}

const MOST = 200;
const USUAL = 50;

/** The number of items of a page, kept within its bounds (A06). */
export function pageSize(asked: number | undefined): number {
  if (asked === undefined || !Number.isSafeInteger(asked)) return USUAL;
  return Math.min(MOST, Math.max(1, asked));
}

/** The key to go on after; null for the first page. Throws `identity.filter_invalid`. */
export function pageAfter(asked: string | null | undefined): string | null {
  if (asked === null || asked === undefined || asked === "") return null;
  if (!/^[0-9a-z]{1,64}$/.test(asked)) throw failure("identity.filter_invalid", { field: "after" });
  return asked;
}

/** Makes a page of `rows`, of which one more than `size` was read to see whether there are more. */
export function pageOf<T extends { readonly id: string }>(
  rows: readonly T[],
  size: number,
): Page<T> {
  const items = rows.slice(0, size);
  return { items, next: rows.length > size ? (items.at(-1)?.id ?? null) : null };
}
