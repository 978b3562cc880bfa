/** A column that rows can be sorted by here, once the whole list has been read. */
export interface Ordered<T> {
  readonly id: string;
  readonly order?: (row: T) => string | number;
}

/** Rows in the order that the address names (`name`, `-name`), where the server does not sort. */
export function sorted<T>(
  rows: readonly T[],
  columns: readonly Ordered<T>[],
  sort: string | undefined,
): readonly T[] {
  const id = sort?.replace(/^-/, "");
  const order = columns.find((column) => column.id === id)?.order;
  if (order === undefined || sort === undefined) return rows;
  const sign = sort.startsWith("-") ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [order(a), order(b)];
    if (typeof x === "number" && typeof y === "number") return sign * (x - y);
    return sign * String(x).localeCompare(String(y));
  });
}
