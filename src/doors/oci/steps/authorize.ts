import type { Action } from "../../../features/access/permissions.ts";
import type { Decision, Resource } from "../../../features/access/rules.ts";
import type { TagName } from "../../../oci/name.ts";
import type { Exchange } from "../exchange.ts";
import { deny } from "./deny.ts";

type Judged = void | Promise<void>;

/** Asks the one decision point; `met` gets the decision when it allows. */
function ask(x: Exchange, action: Action, resource: Resource, met?: (d: Decision) => void): Judged {
  const judge = (decision: Decision): Judged => {
    if (!decision.allowed) return deny(x, action, resource, decision);
    met?.(decision);
  };
  const decision = x.parts.access.decide(x.actor, action, resource);
  // Most decisions are made from memory; waiting for those too would cost a turn each.
  return decision instanceof Promise ? decision.then(judge) : judge(decision);
}

function repository(x: Exchange, tag?: TagName): Resource {
  const { name } = x;
  return tag === undefined ? { kind: "repository", name } : { kind: "repository", name, tag };
}

/** Every tag that the request resolves, sets or removes is judged; without one, the repository. */
function resources(x: Exchange): Resource[] {
  const { reference, tags } = x;
  const named = reference?.kind === "tag" ? [reference.tag, ...tags] : tags;
  return named.length === 0 ? [repository(x)] : named.map((tag) => repository(x, tag));
}

/** Asks for the action that the endpoint declares. */
export function authorize(x: Exchange): Judged {
  if (!("name" in x.route)) return ask(x, x.action, { kind: "registry" });
  const [first, ...others] = resources(x);
  if (first === undefined) throw new Error("nothing is asked for");
  const judged = askOne(x, first);
  if (others.length === 0) return judged;
  return others.reduce(
    (before: Promise<void>, each) => before.then(() => askOne(x, each)),
    Promise.resolve(judged),
  );
}

function askOne(x: Exchange, resource: Resource): Judged {
  return ask(x, x.action, resource, (decision) => {
    x.mayCreateProject = x.parts.autoCreate && decision.createsProject;
  });
}

/** Whether the caller may pull from another repository, without refusing. */
export async function mayPull(x: Exchange, name: string): Promise<boolean> {
  return (await x.parts.access.decide(x.actor, "repository:pull", { kind: "repository", name }))
    .allowed;
}

/** Whether the caller may push to a repository, without refusing. */
export async function mayPush(x: Exchange, name: string): Promise<boolean> {
  return (await x.parts.access.decide(x.actor, "repository:push", { kind: "repository", name }))
    .allowed;
}

/** Whether the caller may not pull only because the token that was shown does not say so. */
export async function wouldPull(x: Exchange, name: string): Promise<boolean> {
  const { parts, token } = x;
  if (token === undefined) return false;
  const whole = await parts.tokens.wholeActorOf(token, x.presence);
  return (await parts.access.decide(whole, "repository:pull", { kind: "repository", name }))
    .allowed;
}

/** Deleting a blob from under a live manifest is a right of its own. */
export function authorizeForce(x: Exchange): Judged {
  if (x.query.get("force") === "true") return ask(x, "repository:force-delete", repository(x));
}

/**
 * The catalogue is for everybody who shows a credential, an anonymous token included, and shows
 * each what they may pull. A token has to say that it is meant for it.
 */
export function authorizeCatalog(x: Exchange): Judged {
  const resource: Resource = { kind: "registry" };
  const judge = (decision: Decision): Judged => {
    if (decision.allowed) return;
    const isUnfit = x.scheme === "bearer" && decision.reason === "limit";
    // Another token will do, for whomever: nobody needs a role for it.
    const refused = { ...decision, login: true };
    if (isUnfit || x.scheme === "none") return deny(x, x.action, resource, refused);
  };
  const decision = x.parts.access.decide(x.actor, x.action, resource);
  return decision instanceof Promise ? decision.then(judge) : judge(decision);
}
