import type { Column } from "./columns.tsx";

export interface Sorting {
  readonly key: string;
  readonly isDown: boolean;
}

/** `name` or `-name`, as it stands in the address. */
export function sortingOf(text: string | undefined): Sorting | undefined {
  if (text === undefined) return undefined;
  return text.startsWith("-") ? { key: text.slice(1), isDown: true } : { key: text, isDown: false };
}

/** Up, then down, then as the server gives them. */
export function nextSort(now: Sorting | undefined, key: string): string {
  if (now?.key !== key) return key;
  return now.isDown ? "" : `-${key}`;
}

/** Rows in the wanted order, where the server does not sort by that column. */
export function sorted<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  sorting: Sorting | undefined,
): readonly T[] {
  const order = columns.find(({ key }) => key === sorting?.key)?.order;
  if (order === undefined || sorting === undefined) return rows;
  const sign = sorting.isDown ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [order(a), order(b)];
    if (typeof x === "number" && typeof y === "number") return sign * (x - y);
    return sign * String(x).localeCompare(String(y));
  });
}
