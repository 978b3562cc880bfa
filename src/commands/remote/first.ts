import { misuse } from "./complaint.ts";

const USUAL = 50;

/** What `--limit` says. Throws `Complaint`. */
export function mostOf(limit: string | undefined): number {
  const most = limit === undefined ? USUAL : Number(limit);
  if (!Number.isSafeInteger(most) || most < 1) {
    throw misuse("--limit is a whole number above 0", "--limit 须为大于 0 的整数");
  }
  return most;
}

/** The first entries of a list, which is read no further than that. */
export async function* first(items: AsyncIterable<unknown>, most: number): AsyncGenerator<unknown> {
  let left = most;
  for await (const item of items) {
    yield item;
    left -= 1;
    if (left === 0) return;
  }
}
