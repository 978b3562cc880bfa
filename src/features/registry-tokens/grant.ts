import { Failure } from "../../kernel/errors/catalogue.ts";
import { parseRepositoryName } from "../../oci/name.ts";
import type { Scope } from "../../oci/scope.ts";
import type { Action } from "../access/permissions.ts";
import type { Resource } from "../access/rules.ts";
import type { Actor } from "../identity/principal.ts";
import type { Decides } from "./ports.ts";
import { actionFor, projectOfScope } from "./rules.ts";

/** Characters of scopes and project ids in one token, so that it stays within `MOST_TOKEN`. */
const ROOM = 3_200;

/** What a token will allow. */
export interface Granted {
  readonly access: readonly Scope[];
  readonly projects: ReadonlyMap<string, string | null>;
}

/** Names in full: `alpine` and `library/alpine` are one repository. Undefined for what is none. */
function inFull(scope: Scope): Scope | undefined {
  if (scope.type !== "repository") return scope;
  try {
    return { ...scope, name: parseRepositoryName(scope.name) };
  } catch (error) {
    // Such as the `host:port/…` of a client that comes through a mirror.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function resourceOf({ type, name }: Scope): Resource {
  return type === "repository" ? { kind: "repository", name } : { kind: "registry" };
}

/**
 * The catalogue shows each what they may pull, so everybody may ask for it whose credential is not
 * limited to other things.
 */
function isForEverybody(action: Action, reason: string): boolean {
  return action === "registry:catalog" && reason !== "limit";
}

/**
 * What of the scopes asked for a token gives: asked ∩ the credential's own limits ∩ the rights of
 * now (A38). Less than asked is no error (A45), nothing at all neither. A tag is judged when it is
 * used: who may push some tag gets `push`.
 */
export async function grant(
  access: Decides,
  actor: Actor,
  asked: readonly Scope[],
): Promise<Granted> {
  const granted = new Map<string, Scope>();
  const projects = new Map<string, string | null>();
  let room = ROOM;
  for (const each of asked) {
    const scope = inFull(each);
    if (scope === undefined) continue;
    const key = `${scope.type}:${scope.name}`;
    const actions = new Set(granted.get(key)?.actions);
    const before = actions.size;
    // Before the rights are looked at: an id that is too old refuses, one too new would inherit.
    const project = projectOfScope(scope);
    const id = project === undefined ? undefined : await access.projectId(project);
    for (const word of scope.actions) {
      const action = actionFor(scope, word);
      if (action === undefined) continue;
      const decision = await access.decide(actor, action, resourceOf(scope));
      if (decision.allowed || isForEverybody(action, decision.reason)) actions.add(word);
    }
    if (actions.size === before) continue;
    const entry = { ...scope, actions: [...actions].sort() };
    room -= JSON.stringify(entry).length + (project?.length ?? 0) + (id?.length ?? 0) + 8;
    if (room < 0) break;
    granted.set(key, entry);
    if (project !== undefined && !projects.has(project)) projects.set(project, id ?? null);
  }
  return { access: [...granted.values()], projects };
}
