import type { SearchField, SearchKind } from "../../platform/database/schema/search.ts";

/** By what something was found: its name, what it says of itself, its digest, or that of a blob in it. */
export type MatchedField = "name" | Exclude<SearchField, SearchKind> | "digest" | "blob";

/** Something that has every word of a query, and that the caller may see. */
export interface Hit {
  readonly kind: SearchKind;
  readonly project: string;
  /** The full name; null for a project. */
  readonly repository: string | null;
  readonly tag: string | null;
  /** Of an artifact, or of what a tag points at. */
  readonly digest: string | null;
  readonly matched: { readonly field: MatchedField; readonly value: string };
  /** When it was made, changed or pushed last. */
  readonly at: number | null;
}

export interface Hits {
  readonly items: readonly Hit[];
  readonly next: string | undefined;
}

export const SEARCH_KINDS = ["project", "repository", "tag", "artifact"] as const;
