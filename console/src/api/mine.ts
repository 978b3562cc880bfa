import {
  queryOptions,
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { ask } from "./ask.ts";
import { fullName, type Place } from "./names.ts";
import { sessionQuery } from "./session.ts";
import { whenQuiet } from "./when-quiet.ts";

type Star = Schemas["Star"];

const MOST_AT_ONCE = 200;
/** Nobody looks through more of them. */
const MOST_PAGES = 10;

/** What the reader starred, newest first. */
export const starsQuery = queryOptions({
  queryKey: ["stars"],
  queryFn: async () => {
    const all: Star[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const { items, next } = await ask("listStars", {
        query: { limit: MOST_AT_ONCE, ...(cursor === undefined ? {} : { cursor }) },
      });
      all.push(...items);
      if (next === null) break;
      cursor = next;
    }
    return all;
  },
});

/** What the reader pushed to, pulled from or opened last. */
export const recentQuery = queryOptions({
  queryKey: ["recent"],
  queryFn: () => ask("listRecent", { query: { limit: 8 } }),
});

function useIsSignedIn(): boolean {
  const { data } = useQuery(sessionQuery);
  return data?.state === "active";
}

/** Whether the reader starred a repository, and the way to change it; visitors have no stars. */
export function useStar(place: Place) {
  const client = useQueryClient();
  const repository = fullName(place);
  const isSignedIn = useIsSignedIn();
  const stars = useQuery({ ...starsQuery, enabled: isSignedIn });
  const mutationKey = ["star", repository];
  const turn = useMutation({
    mutationKey,
    scope: { id: `star ${repository}` },
    mutationFn: (isStarred: boolean) =>
      ask(isStarred ? "addStar" : "removeStar", { params: { ...place } }),
    onSettled: () => client.invalidateQueries({ queryKey: starsQuery.queryKey }),
  });
  // Shown before the server has answered: what was wanted last.
  const wanted = useMutationState({
    filters: { mutationKey, status: "pending" },
    select: ({ state }) => state.variables === true,
  }).at(-1);
  const kept = stars.data?.some((star) => star.repository === repository);
  return {
    isStarred: wanted ?? kept ?? false,
    canStar: isSignedIn && stars.data !== undefined,
    error: turn.error,
    turn: turn.mutate,
  };
}

/** What was noted last: whoever goes from page to page of a repository opened it once. */
let noted = "";

/** Notes that the reader opened a repository, once it is there. */
export function useVisit(place: Place, isThere: boolean): void {
  const client = useQueryClient();
  const isSignedIn = useIsSignedIn();
  const { project, repository } = place;
  useEffect(() => {
    const name = fullName({ project, repository });
    if (!isThere || !isSignedIn || noted === name) return;
    noted = name;
    whenQuiet(() => {
      ask("addVisit", { params: { project, repository } })
        .then(() => client.invalidateQueries({ queryKey: recentQuery.queryKey }))
        // It is a note for the reader's convenience; the page does without.
        .catch(() => {});
    });
  }, [project, repository, isThere, isSignedIn, client]);
}
