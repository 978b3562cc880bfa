import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "./client.ts";

/** The session of the reader is kept under it. */
export const SESSION_KEY = ["session"] as const;

/** Refusals that say that the session is not what it was: ended, or owing something. */
const OF_SESSION = /^session\.(?!step_up_needed|unknown)/;

function noticeSession(error: Error): void {
  if (!(error instanceof Problem) || error.code === "access.bad_credentials") return;
  if (error.status !== 401 && !OF_SESSION.test(error.code)) return;
  void queryClient.invalidateQueries({ queryKey: SESSION_KEY });
}

/** What was refused is not asked again by itself; what did not arrive is, twice. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSession }),
  mutationCache: new MutationCache({ onError: noticeSession }),
  defaultOptions: {
    queries: {
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status > 0),
      staleTime: 15_000,
      // Without a connection the reader is told so, and the page comes by itself when it is back.
      networkMode: "always",
      refetchOnReconnect: true,
    },
    mutations: { networkMode: "always" },
  },
});
