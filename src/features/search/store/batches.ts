/** Rows of one statement: far below the parameters that either engine takes. */
const MOST_ROWS = 500;

/** Calls `run` for so many at a time; gives what all of them gave. */
export async function inBatches<T, R>(
  items: readonly T[],
  run: (batch: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += MOST_ROWS) {
    results.push(...(await run(items.slice(at, at + MOST_ROWS))));
  }
  return results;
}

/** The same for a statement that gives nothing. */
export async function forBatches<T>(
  items: readonly T[],
  run: (batch: readonly T[]) => Promise<unknown>,
): Promise<void> {
  await inBatches(items, async (batch) => {
    await run(batch);
    return [];
  });
}
