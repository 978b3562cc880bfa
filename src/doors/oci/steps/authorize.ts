import { type Action, decide, type Resource, spell } from "../../../features/access/rules.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Exchange } from "../exchange.ts";

function refuseUnlessAllowed(x: Exchange, action: Action, resource: Resource): void {
  const decision = decide(x.principal, action, resource);
  if (decision.allowed) return;
  if (decision.login) throw failure("access.unauthenticated");
  throw failure("access.denied", {
    principal: x.principal.name,
    action,
    resource: spell(resource),
  });
}

/** Asks the one decision point for the action that the endpoint declares. */
export function authorize(x: Exchange): void {
  const resource: Resource =
    "name" in x.route ? { kind: "repository", name: x.name } : { kind: "registry" };
  refuseUnlessAllowed(x, x.action, resource);
}

/** Whether the caller may pull from another repository, without refusing. */
export function mayPull(x: Exchange, repository: string): boolean {
  return decide(x.principal, "repository:pull", { kind: "repository", name: repository }).allowed;
}

/** Deleting a blob from under a live manifest is a right of its own. */
export function authorizeForce(x: Exchange): void {
  if (x.query.get("force") !== "true") return;
  refuseUnlessAllowed(x, "repository:force-delete", { kind: "repository", name: x.name });
}
