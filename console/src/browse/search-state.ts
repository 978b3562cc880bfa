import { short } from "./table-state.ts";

export const SEARCH_KINDS = ["project", "repository", "tag", "artifact"] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

/** The server takes no more of it. */
export const LONGEST_SEARCH = 256;

export interface SearchState {
  readonly q?: string | undefined;
  /** Only such. */
  readonly kind?: SearchKind | undefined;
}

/** Reads what is searched from the address; what is odd there is left out. */
export function searchState(search: Readonly<Record<string, unknown>>): SearchState {
  return {
    q: short(search.q)?.slice(0, LONGEST_SEARCH),
    kind: SEARCH_KINDS.find((kind) => kind === search.kind),
  };
}
