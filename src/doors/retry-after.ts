import type { Failure } from "../kernel/errors/catalogue.ts";

/** Seconds after which trying again makes sense: what is left in this case, else what is usual. */
export function retryAfterOf({ details, entry }: Failure): number | undefined {
  const left = details.retry_after;
  return typeof left === "number" ? Math.max(1, Math.ceil(left)) : entry.retryAfter;
}
