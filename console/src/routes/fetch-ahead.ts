import { queryClient } from "../api/query.ts";
import { sessionQuery } from "../api/session.ts";
import { whenQuiet } from "../api/when-quiet.ts";
import { router } from "./router.tsx";

/** Pages that only those have who signed in. */
const INSIDE = "/inside";

/**
 * Fetches the code of the other pages once this one stands: they are small, and then open at once.
 * Visitors get the pages that they can open; the others come after signing in.
 */
export function fetchAhead(): void {
  const fetched = new Set<string>();
  const fetchAll = async () => {
    await import("../markdown/body.tsx").catch(() => {});
    const isIn = queryClient.getQueryData(sessionQuery.queryKey)?.state === "active";
    for (const [id, route] of Object.entries(router.routesById)) {
      if (fetched.has(id) || (id.startsWith(INSIDE) && !isIn)) continue;
      fetched.add(id);
      // A page that could not be fetched now is when it is opened.
      await router.loadRouteChunk(route)?.catch(() => {});
    }
  };
  router.subscribe("onRendered", () => whenQuiet(() => void fetchAll()));
}
