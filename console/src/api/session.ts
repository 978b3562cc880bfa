import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { call, Problem, rememberCsrf } from "./client.ts";
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
  queryKey: ["session"],
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

/** Signs out and forgets everything that was read. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation<{ redirect: string | null }, Error, void>({
    mutationFn: () => call("DELETE", "/session"),
    // The provider's own session ends at the provider.
    onSuccess: ({ redirect }) => {
      if (redirect !== null) location.assign(redirect);
    },
    onSettled: () => {
      rememberCsrf("");
      client.clear();
      client.setQueryData(sessionQuery.queryKey, null);
    },
  });
}
