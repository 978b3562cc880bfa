import { router } from "./router.tsx";

/** Milliseconds, where the browser does not tell when it has nothing to do. */
const LATER = 1_000;

/** Fetches the code of the other pages once this one stands: they are small, and then open at once. */
export function fetchAhead(): void {
  const fetchAll = async () => {
    await import("../markdown/body.tsx").catch(() => {});
    for (const route of Object.values(router.routesById)) {
      // A page that could not be fetched now is when it is opened.
      await router.loadRouteChunk(route)?.catch(() => {});
    }
  };
  const whenQuiet = window.requestIdleCallback ?? ((work: () => void) => setTimeout(work, LATER));
  const stop = router.subscribe("onRendered", () => {
    stop();
    whenQuiet(() => void fetchAll());
  });
}
