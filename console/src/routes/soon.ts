import type { FetchQueryOptions, QueryKey } from "@tanstack/react-query";
import { queryClient } from "../api/query.ts";

/** Milliseconds; nobody notices so short a wait. */
const PATIENCE = 60;

/** Reads something while the page that shows it is on its way; a failure is the page's to tell. */
export function read<T, K extends QueryKey>(query: FetchQueryOptions<T, Error, T, K>) {
  return queryClient.prefetchQuery(query);
}

/**
 * Waits a moment for what a page shows, so that it is drawn once and whole. What takes longer comes
 * to a page that stands and has places for it.
 */
export async function soon(...reads: readonly Promise<unknown>[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, PATIENCE);
  await Promise.race([promise, Promise.allSettled(reads)]);
  clearTimeout(timer);
}
