import type { Action } from "../../../features/access/permissions.ts";
import {
  type Decision,
  type Reason,
  type Resource,
  spell,
} from "../../../features/access/rules.ts";
import type { AuditObject } from "../../../features/audit/entry.ts";
import { type Failure, failure } from "../../../kernel/errors/catalogue.ts";
import type { RepositoryName } from "../../../oci/name.ts";
import { denied } from "../../denied.ts";
import type { Exchange } from "../exchange.ts";

/** Where it was tried: the repository itself where there is one, else its project. */
async function whereabouts(
  x: Exchange,
  resource: Resource,
): Promise<{ object: AuditObject; project: string | null }> {
  const { kind } = resource;
  if (kind === "registry") return { object: { kind, id: null, name: null }, project: null };
  const found =
    kind === "repository"
      ? await x.parts.content.locate(resource.name as RepositoryName)
      : undefined;
  const object = { kind, id: found?.id ?? null, name: resource.name };
  return { object, project: (await x.parts.access.projectId(x.project)) ?? null };
}

/** What comes of a decision that refused: the failure, and the reason that the log is told. */
interface Refusal {
  readonly failure: Failure;
  readonly reason: Reason;
}

async function refusalOf(
  x: Exchange,
  action: Action,
  resource: Resource,
  decision: Decision,
): Promise<Refusal> {
  const { actor, token, parts } = x;
  const because = (is: Decision): Refusal => ({
    failure: denied(actor, action, resource, is),
    reason: is.reason,
  });
  if (token === undefined) return because(decision);
  const scope = x.scope ?? "";
  const another: Refusal = {
    failure: failure("access.insufficient_scope", { action, resource: spell(resource), scope }),
    reason: decision.reason,
  };
  if (decision.login) return another;
  if (decision.reason !== "limit") return because(decision);
  // What the credential itself allows: where that is enough, another token will do.
  const whole = await parts.tokens.wholeActorOf(token, x.presence);
  const own = await parts.access.decide(whole, action, resource);
  return own.allowed ? another : because(own);
}

/**
 * Ends the exchange with a refusal, once it is written down:
 *
 *   nobody, without credentials                        → 401, to log in; nothing to write down
 *   a token that lacks the scope, or is nobody's       → 401 `insufficient_scope`, to get another
 *   somebody                                           → 403 with the reason
 *
 * What is missing is refused like what is forbidden, to nobody and to somebody alike (A29).
 */
export async function deny(
  x: Exchange,
  action: Action,
  resource: Resource,
  decision: Decision,
): Promise<never> {
  if (x.scheme === "none") throw failure("access.unauthenticated");
  const refusal = await refusalOf(x, action, resource, decision);
  const tag = resource.kind === "repository" ? resource.tag : undefined;
  await x.parts.denials.record(x.doer, {
    action,
    ...(await whereabouts(x, resource)),
    reason: refusal.reason,
    details: { binding: decision.binding, ...(tag === undefined ? {} : { tag }) },
  });
  throw refusal.failure;
}
