import type { Action } from "../features/access/permissions.ts";
import { type Decision, type Resource, spell } from "../features/access/rules.ts";
import { why } from "../features/access/words.ts";
import type { Actor } from "../features/identity/principal.ts";
import { type Failure, failure } from "../kernel/errors/catalogue.ts";

/** The refusal of a decision, with its reason in both languages. */
export function denied(
  actor: Actor,
  action: Action,
  resource: Resource,
  decision: Decision,
): Failure {
  return failure("access.denied", {
    principal: actor.principal.name,
    action,
    resource: spell(resource),
    because: decision.reason,
    why: why(decision, "en"),
    why_zh: why(decision, "zh"),
  });
}
