import type { Pull } from "../../features/audit/pulls.ts";
import type { Allowance } from "../../features/limits/service.ts";
import { Failure } from "../../kernel/errors/catalogue.ts";
import type { Delivered, Exchange } from "./exchange.ts";

type Place = Pick<Pull, "repositoryId" | "projectId">;

/** As Docker Hub has them, which is what clients read. */
function headersOf({ limit, remaining, window }: Allowance) {
  return {
    "ratelimit-limit": `${limit};w=${window}`,
    "ratelimit-remaining": `${remaining};w=${window}`,
  };
}

function note(x: Exchange, allowance: Allowance | undefined): void {
  if (allowance !== undefined) x.extra = headersOf(allowance);
}

/** Puts what is left of the caller's pulls into the answer's headers. */
export function showLimit(x: Exchange): void | Promise<void> {
  const allowance = x.parts.limits.show(x.actor);
  if (allowance instanceof Promise) return allowance.then((is) => note(x, is));
  note(x, allowance);
}

/** Writes down that content was delivered: at once where pulls are gathered. */
export function recordPull(
  x: Exchange,
  content: Delivered,
  { repositoryId, projectId }: Place,
): void | Promise<void> {
  x.delivered = content;
  return x.parts.audit.pull(x.doer, { ...content, repositoryId, projectId });
}

/** Counts the pull of a manifest and writes it down. Throws `limits.pulls` when none is left. */
export function countPull(x: Exchange, content: Delivered, place: Place): void | Promise<void> {
  const allowance = take(x);
  if (!(allowance instanceof Promise)) {
    note(x, allowance);
    return recordPull(x, content, place);
  }
  return allowance.then(
    (is) => {
      note(x, is);
      return recordPull(x, content, place);
    },
    (error: unknown) => usedUp(x, error),
  );
}

function take(x: Exchange): ReturnType<typeof x.parts.limits.take> {
  try {
    return x.parts.limits.take(x.actor);
  } catch (error) {
    return usedUp(x, error);
  }
}

/** The refusal shows the limit too. */
function usedUp(x: Exchange, error: unknown): never {
  if (error instanceof Failure && error.code === "limits.pulls") {
    const { limit, seconds: window } = error.details;
    note(x, { limit: Number(limit), remaining: 0, window: Number(window) });
  }
  throw error;
}
