import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ask } from "../api/ask.ts";
import { fullName, type Place } from "../api/names.ts";
import type { ListState } from "./table-state.ts";

/** What pages show: read by them, and before them as soon as the reader turns to a link. */

/** Rows of a page of a table: as many as one takes in, and drawn at once. */
export const ROWS = 25;
/** Milliseconds between looks at what is being looked into. */
const AGAIN = 2_000;

const SORTS = ["name", "-name", "updated", "-updated"] as const;

/** How a list is sorted where its address does not say. */
export function sortOf({ sort }: ListState) {
  return SORTS.find((each) => each === sort) ?? "-updated";
}

/** What of a list's state the server is asked for. */
function asked({ name, cursor }: ListState) {
  return {
    limit: ROWS,
    ...(name === undefined ? {} : { name }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

export function repositoriesQuery(project: string | undefined, state: ListState) {
  const query = {
    ...asked(state),
    sort: sortOf(state),
    ...(project === undefined ? {} : { project }),
  };
  return queryOptions({
    queryKey: ["repositories", query],
    queryFn: () => ask("listRepositories", { query }),
    placeholderData: keepPreviousData,
  });
}

export function projectsQuery(state: ListState) {
  const query = asked(state);
  return queryOptions({
    queryKey: ["projects", query],
    queryFn: () => ask("listProjects", { query }),
    placeholderData: keepPreviousData,
  });
}

export function projectQuery(project: string) {
  return queryOptions({
    queryKey: ["project", project],
    queryFn: () => ask("getProject", { params: { project } }),
  });
}

export function repositoryQuery({ project, repository }: Place) {
  return queryOptions({
    queryKey: ["repository", fullName({ project, repository })],
    queryFn: () => ask("getRepository", { params: { project, repository } }),
  });
}

export function usageQuery({ project, repository }: Place) {
  return queryOptions({
    queryKey: ["repository-statistics", fullName({ project, repository })],
    queryFn: () => ask("getRepositoryStatistics", { params: { project, repository } }),
  });
}

export function tagsQuery({ project, repository }: Place, state: ListState) {
  const query = { ...asked(state), sort: sortOf(state) };
  return queryOptions({
    queryKey: ["tags", fullName({ project, repository }), query],
    queryFn: () => ask("listTags", { params: { project, repository }, query }),
    placeholderData: keepPreviousData,
  });
}

export function artifactQuery({ project, repository }: Place, reference: string) {
  return queryOptions({
    queryKey: ["artifact", fullName({ project, repository }), reference],
    queryFn: () => ask("getArtifact", { params: { project, repository, reference } }),
    // What was just pushed is being looked into.
    refetchInterval: ({ state }) => (state.data?.insight.state === "pending" ? AGAIN : false),
  });
}

/** What became of the tags of a repository, or of one of them. */
export function historyQuery(place: Place, tag?: string) {
  return infiniteQueryOptions({
    queryKey: ["history", fullName(place), tag],
    queryFn: ({ pageParam }) => {
      const query = pageParam === null ? {} : { cursor: pageParam };
      return tag === undefined
        ? ask("listRepositoryHistory", { params: { ...place }, query })
        : ask("listTagHistory", { params: { ...place, tag }, query });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

/** Why a manifest is kept. */
export function keptQuery(place: Place, digest: string) {
  return queryOptions({
    queryKey: ["kept", fullName(place), digest],
    queryFn: () => ask("whyKept", { params: { ...place, digest } }),
  });
}
