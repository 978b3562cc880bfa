import { short } from "./table-state.ts";

export const SEARCH_KINDS = ["all", "project", "repository"] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

export interface SearchState {
  readonly q?: string | undefined;
  readonly kind?: SearchKind | undefined;
}

/** Reads what is searched from the address; what is odd there is left out. */
export function searchState(search: Readonly<Record<string, unknown>>): SearchState {
  return {
    q: short(search.q)?.slice(0, 128),
    kind: SEARCH_KINDS.find((kind) => kind === search.kind),
  };
}
