import { useInfiniteQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import type { Page } from "../../api/types.ts";
import type { ListSearch } from "./list-search.ts";

const LIMIT = 50;

/** The query part of a list's path. */
function queryOf(asked: ListSearch, cursor: string | null): string {
  const query = new URLSearchParams({ limit: String(LIMIT) });
  for (const [key, value] of Object.entries(asked)) {
    if (value !== undefined && value !== "") query.set(key, value);
  }
  if (cursor !== null) query.set("cursor", cursor);
  return query.toString();
}

/** A list of the server, page after page. `poll`: how often it is looked at anew, in milliseconds. */
export function useList<T>(
  key: string,
  path: string,
  asked: ListSearch = {},
  { poll }: { readonly poll?: number } = {},
) {
  return useInfiniteQuery({
    queryKey: [key, "list", path, asked],
    queryFn: ({ pageParam }) => call<Page<T>>("GET", `${path}?${queryOf(asked, pageParam)}`),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    // What was there stays while the next filter is asked for.
    placeholderData: (before) => before,
    ...(poll === undefined ? {} : { refetchInterval: poll }),
  });
}

export type List<T> = ReturnType<typeof useList<T>>;
