import type { Principal } from "../identity/principal.ts";

/** What can be done to what. A route that declares none of these does not start. */
export type Action =
  | "registry:ping"
  | "registry:catalog"
  | "registry:metrics"
  | "repository:pull"
  | "repository:push"
  | "repository:delete"
  | "repository:force-delete"
  | "project:create";

/** What the action is done to. */
export type Resource =
  | { readonly kind: "registry" }
  | { readonly kind: "project"; readonly name: string }
  | { readonly kind: "repository"; readonly name: string };

export type Decision =
  | { readonly allowed: true }
  /** `login` says that the answer may be another once the caller has shown who they are. */
  | { readonly allowed: false; readonly login: boolean };

const yes: Decision = { allowed: true };

/**
 * The one decision point (law 5): may `actor` do `action` to `resource`?
 * Deny by default; administrators may do everything.
 */
export function decide(actor: Principal, action: Action, _resource: Resource): Decision {
  if (actor.administrator) return yes;
  // Logging in is a ping with credentials: whoever has any may know that they are right.
  if (action === "registry:ping" && actor.kind !== "anonymous") return yes;
  return { allowed: false, login: actor.kind === "anonymous" };
}

/** How a resource is written in a refusal. */
export function spell(resource: Resource): string {
  return resource.kind === "registry" ? "the registry" : `${resource.kind} ${resource.name}`;
}
