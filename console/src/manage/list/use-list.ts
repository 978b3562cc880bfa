import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import type { Page } from "../../api/types.ts";
import { type ListSearch, useListSearch } from "./list-search.ts";

/** Rows of a page: as many as one takes in, and drawn at once. */
const LIMIT = 25;

/** The query part of a list's path. */
function queryOf(asked: ListSearch): string {
  const query = new URLSearchParams({ limit: String(LIMIT) });
  for (const [key, value] of Object.entries(asked)) {
    if (value !== undefined && value !== "") query.set(key, value);
  }
  return query.toString();
}

/**
 * A page of a list of the server, the one that stands in the address. `poll`: how often it is looked
 * at anew, in milliseconds.
 */
export function useList<T>(
  key: string,
  path: string,
  asked: ListSearch = {},
  { poll }: { readonly poll?: number } = {},
) {
  const { cursor } = useListSearch().search;
  const all = { ...asked, cursor };
  return useQuery({
    queryKey: [key, "list", path, all],
    queryFn: () => call<Page<T>>("GET", `${path}?${queryOf(all)}`),
    // What was there stays while the next filter is asked for.
    placeholderData: keepPreviousData,
    ...(poll === undefined ? {} : { refetchInterval: poll }),
  });
}

export type List<T> = ReturnType<typeof useList<T>>;
