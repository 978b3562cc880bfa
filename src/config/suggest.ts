/**
 * How many letters have to be added, dropped, changed or swapped with their neighbour to make one
 * text of the other (optimal string alignment).
 */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + change,
      );
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, (before[column - 2] ?? 0) + 1);
      current.push(least);
    }
    [before, last] = [last, current];
  }
  return last[b.length] ?? 0;
}

/** The letters alone, so that `publicURL`, `public-url` and `public_url` are alike. */
function bare(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9.]/g, "");
}

/**
 * The known name that was most likely meant, or `undefined` when none is near. A name whose last
 * part alone is right (`cert_file` for `server.tls.cert_file`) is near, too.
 */
export function suggest(given: string, known: Iterable<string>): string | undefined {
  // Longer than any key: not a slip of the fingers, and not worth the time to compare.
  if (given.length > 100) return undefined;
  const wanted = bare(given);
  const lastPart = wanted.slice(wanted.lastIndexOf(".") + 1);
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const candidate = bare(name);
    let cost = distance(wanted, candidate);
    if (lastPart !== "" && candidate.slice(candidate.lastIndexOf(".") + 1) === lastPart) {
      cost = Math.min(cost, 1);
    }
    if (cost < least) [best, least] = [name, cost];
  }
  return least <= Math.max(2, Math.floor(wanted.length / 5)) ? best : undefined;
}
