/** Milliseconds, where the browser does not tell when it has nothing to do. */
const LATER = 1_000;

/** Does what can wait once the browser has nothing else to do. */
export function whenQuiet(work: () => void): void {
  if (window.requestIdleCallback === undefined) setTimeout(work, LATER);
  else requestIdleCallback(() => work());
}
