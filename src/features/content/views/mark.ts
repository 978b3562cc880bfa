import { failure } from "../../../kernel/errors/catalogue.ts";

/** Where a page by time and name ended. */
export interface Mark {
  readonly at: number;
  readonly name: string;
}

/** Writes a mark; names hold no space. */
export function markOf({ at, name }: Mark): string {
  return `${at} ${name}`;
}

/** Reads what `markOf` wrote. Throws `api.invalid`. */
export function readMark(text: string | undefined): Mark | undefined {
  if (text === undefined) return undefined;
  const found = /^(\d{1,16}) (\S{1,512})$/.exec(text);
  if (found === null)
    throw failure("api.invalid", { problems: "cursor: not one that a page gave" });
  return { at: Number(found[1]), name: found[2] ?? "" };
}

/** A page of rows that were read with one more than `limit`. */
export function cutPage<R, T>(
  rows: readonly R[],
  limit: number,
  { mark, view }: { readonly mark: (row: R) => string; readonly view: (row: R) => T },
): { readonly items: readonly T[]; readonly next: string | undefined } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? mark(last) : undefined;
  return { items: shown.map(view), next };
}

/** A pattern of `like … escape '\'` that finds a text anywhere, whatever signs it has. */
export function anywhere(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}
