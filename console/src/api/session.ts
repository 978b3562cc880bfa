import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { call, Problem, rememberCsrf } from "./client.ts";
import { forgetDrafts } from "./drafts.ts";
import { SESSION_KEY } from "./query.ts";
import type { LoginProvider, SessionState } from "./types.ts";

async function readSession(): Promise<SessionState | null> {
  try {
    const state = await call<SessionState>("GET", "/session");
    rememberCsrf(state.csrfToken);
    return state;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

/** The reader's session, or null for nobody. */
export const sessionQuery = queryOptions({
  queryKey: SESSION_KEY,
  queryFn: readSession,
  staleTime: 60_000,
});

export const providersQuery = queryOptions({
  queryKey: ["providers"],
  queryFn: () => call<{ items: readonly LoginProvider[] }>("GET", "/auth/providers"),
});

/** A step of signing in: what it gives is the session's new state. */
export function useSessionStep<A>(work: (given: A) => Promise<SessionState>) {
  const client = useQueryClient();
  return useMutation<SessionState, Error, A>({
    mutationFn: work,
    onSuccess: (state) => {
      rememberCsrf(state.csrfToken);
      client.setQueryData(sessionQuery.queryKey, state);
    },
  });
}

/** Signs out; the page is loaded anew, so that nothing of what was read stays in its memory. */
export function useSignOut() {
  return useMutation<void, Error, void>({
    mutationFn: async () => {
      try {
        await call("DELETE", "/session");
      } catch (error) {
        // Ended already: that is what was wanted.
        if (!(error instanceof Problem && error.status === 401)) throw error;
      }
      forgetDrafts();
      location.assign("/sign-in");
    },
  });
}
