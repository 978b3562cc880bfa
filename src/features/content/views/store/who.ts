import type { Who } from "../view.ts";

/** Columns of a principal that may be there no more. */
export interface WhoRow {
  readonly whoId: string | null;
  readonly whoName: string | null;
  readonly whoKind: string | null;
}

export function whoOf({ whoId, whoName, whoKind }: WhoRow): Who | null {
  if (whoId === null || whoName === null || whoKind === null) return null;
  return { id: whoId, name: whoName, kind: whoKind };
}
