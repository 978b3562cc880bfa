import { QueryClient } from "@tanstack/react-query";
import { Problem } from "./client.ts";

/** What was refused is not asked again by itself; what did not arrive is, twice. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status > 0),
      staleTime: 15_000,
    },
  },
});
