import { exampleBody } from "./examples.ts";
import { fill, type Operation } from "./operations.ts";
import type { Home, Tenants } from "./tenants.ts";

/** Right in form, and the id of nothing. */
export const GHOST = "0".repeat(26);

/** Parameters that name content, which has no ids. */
export const CONTENT: ReadonlySet<string> = new Set([
  "repository",
  "tag",
  "reference",
  "digest",
  "blob",
]);

/** What a parameter can be that names nothing. */
export function ghostOf(param: string): string {
  return param === "digest" || param === "blob" ? `sha256:${"0".repeat(64)}` : GHOST;
}
/** A schedule that is there from the start. */
const SCHEDULE = "jobs.purge";

/** Whose things an operation's path is about, where tests need only one of them. */
export function homeOf({ path }: Operation): Home {
  return path.includes("{project}") ? "alpha" : "system";
}

/** Values for the parameters of a path: ids of what is really there. */
export function idsOf(
  { things, contents, others, group, users, deleted, jobs, scrubs, backups }: Tenants,
  home: Home,
): Record<string, string | undefined> {
  const known = { provider: "local", group, principal: users.spare, id: deleted };
  const stored = home === "system" ? {} : contents[home];
  // A job that has ended: whoever follows one waits for its end.
  const work = {
    source: "prod",
    job: jobs.failed,
    name: SCHEDULE,
    scrub: scrubs.running,
    backup: backups.kept,
  };
  return { project: home, ...things[home], ...stored, ...others, ...known, ...work };
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
  return fill(operation.asked, { ...ids, ...owned });
}

/** A body that an operation takes; undefined when it takes none. */
export function bodyOf(tenants: Tenants, operation: Operation): unknown {
  if (operation.body === undefined) return undefined;
  return exampleBody(operation.id, tenants, homeOf(operation));
}
