import type { Action } from "../../features/access/permissions.ts";
import type { Resource } from "../../features/access/rules.ts";
import type { Access } from "../../features/access/service.ts";
import type { Doer } from "../../features/audit/entry.ts";
import type { Actor } from "../../features/identity/principal.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Denials } from "../denials.ts";
import { denied } from "../denied.ts";

export interface DemandParts {
  readonly access: Pick<Access, "decide" | "projectId">;
  readonly denials: Denials;
}

/** Throws `access.unauthenticated` or `access.denied`, which is written down, unless it is allowed. */
export async function demand(
  { access, denials }: DemandParts,
  { actor, doer }: { readonly actor: Actor; readonly doer: Doer },
  action: Action,
  resource: Resource,
): Promise<void> {
  const decision = await access.decide(actor, action, resource);
  if (decision.allowed) return;
  if (decision.login) throw failure("access.unauthenticated");
  const name = resource.kind === "registry" ? null : resource.name;
  const projectName = name?.split("/", 1)[0];
  const project =
    projectName === undefined ? null : ((await access.projectId(projectName)) ?? null);
  const object = { kind: resource.kind, id: resource.kind === "project" ? project : null, name };
  await denials.record(doer, { action, object, project, reason: decision.reason });
  throw denied(actor, action, resource, decision);
}
