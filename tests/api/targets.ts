import { exampleBody } from "./examples.ts";
import { fill, type Operation } from "./operations.ts";
import type { Home, Tenants } from "./tenants.ts";

/** Right in form, and the id of nothing. */
export const GHOST = "0".repeat(26);

/** A schedule that is there from the start. */
const SCHEDULE = "jobs.purge";

/** Whose things an operation's path is about, where tests need only one of them. */
export function homeOf({ path }: Operation): Home {
  return path.startsWith("/projects/{project}") ? "alpha" : "system";
}

/** Values for the parameters of a path: ids of what is really there. */
export function idsOf(
  { things, others, group, users, deleted, jobs }: Tenants,
  home: Home,
): Record<string, string | undefined> {
  const known = { provider: "local", group, principal: users.spare, id: deleted };
  // One that has ended: whoever follows a job waits for its end.
  const work = { job: jobs.failed, name: SCHEDULE, repository: "app" };
  return { project: home, ...things[home], ...others, ...known, ...work };
}

/** The homes that an operation's path can be about. */
export function homesOf(operation: Operation): readonly Home[] {
  return homeOf(operation) === "system" ? ["system"] : ["alpha", "beta"];
}

/** A path that an operation can be asked at, below `/api/v1`. */
export function targetOf(tenants: Tenants, operation: Operation): string {
  const ids = { ...idsOf(tenants, homeOf(operation)), user: tenants.users.spare };
  // What belongs to a user needs that user in the path.
  const owned = operation.path.includes("{token}") ? { user: tenants.others.user } : {};
  return fill(operation.path, { ...ids, ...owned });
}

/** A body that an operation takes; undefined when it takes none. */
export function bodyOf(tenants: Tenants, operation: Operation): unknown {
  if (operation.body === undefined) return undefined;
  return exampleBody(operation.id, tenants, homeOf(operation));
}
