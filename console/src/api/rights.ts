import { queryOptions, useQuery } from "@tanstack/react-query";
import { ask } from "./ask.ts";
import { call } from "./client.ts";
import { sessionQuery } from "./session.ts";

/** What the reader may do in the installation (null), or in a project, by the server's own word. */
export function rightsQuery(project: string | null) {
  return queryOptions({
    queryKey: ["rights", project],
    queryFn: async () => {
      const where = project === null ? "" : `?project=${encodeURIComponent(project)}`;
      const { items } = await call<{ items: readonly string[] }>("GET", `/me/rights${where}`);
      return new Set(items);
    },
    staleTime: 60_000,
  });
}

/** Asks whether the reader may; no to everything until it is known. */
export function useMay(project: string | null): (action: string) => boolean {
  const { data } = useQuery(rightsQuery(project));
  return (action) => data?.has(action) ?? false;
}

/** The same for one repository, by its full name. */
export function rightsInQuery(repository: string) {
  return queryOptions({
    queryKey: ["rights", "repository", repository],
    queryFn: async () => new Set((await ask("listMyRights", { query: { repository } })).items),
    staleTime: 60_000,
  });
}

/** Asks whether the reader may in a repository; visitors may change nothing. */
export function useMayIn(repository: string): (action: string) => boolean {
  const { data: session } = useQuery(sessionQuery);
  const { data } = useQuery({
    ...rightsInQuery(repository),
    enabled: session?.state === "active",
  });
  return (action) => data?.has(action) ?? false;
}
