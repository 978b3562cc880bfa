import type { TableState } from "../ui/data-table.tsx";

export interface ListState extends TableState {
  /** What is looked for in names. */
  readonly name?: string | undefined;
}

export function short(value: unknown): string | undefined {
  // Numbers in an address come as numbers: `?name=1`.
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" && text.length <= 512 ? text : undefined;
}

/** Reads a list's state from the address; what is odd there is left out. */
export function listState(search: Readonly<Record<string, unknown>>): ListState {
  const { name, sort, cursor, hide } = search;
  return { name: short(name), sort: short(sort), cursor: short(cursor), hide: short(hide) };
}

/** Whether manifests with a tag are meant, or those without. */
export const TAGGED = ["yes", "no"] as const;

export interface ManifestsState extends TableState {
  readonly tagged?: (typeof TAGGED)[number] | undefined;
}

/** The same for a list of manifests. */
export function manifestsState(search: Readonly<Record<string, unknown>>): ManifestsState {
  const { sort, cursor, hide } = listState(search);
  return { sort, cursor, hide, tagged: TAGGED.find((each) => each === search.tagged) };
}
