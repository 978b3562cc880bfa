import { short } from "./table-state.ts";

/** What is compared: tags or digests, the second perhaps of another repository. */
export interface CompareState {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly other?: string | undefined;
}

/** Reads what is compared from the address; what is odd there is left out. */
export function compareState(search: Readonly<Record<string, unknown>>): CompareState {
  return { from: short(search.from), to: short(search.to), other: short(search.other) };
}

/** The question as the API takes it. */
export interface Compared {
  readonly from: string;
  readonly to: string;
  readonly otherRepository?: string;
}
