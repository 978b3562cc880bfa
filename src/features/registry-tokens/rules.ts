import { projectOf, type RepositoryName } from "../../oci/name.ts";
import type { Scope } from "../../oci/scope.ts";
import type { Action } from "../access/permissions.ts";
import type { Resource } from "../access/rules.ts";
import type { Limit } from "../identity/principal.ts";

/** The id of each project that is named, when the token was given; null where there was none. */
export type ProjectIds = ReadonlyMap<string, string | null>;

/**
 * The words of scopes and the actions that they allow. The first of each is what is decided when
 * the word is asked for; the rest come with it and are decided when they are used.
 */
const OF_A_REPOSITORY: ReadonlyMap<string, readonly [Action, ...Action[]]> = new Map([
  ["pull", ["repository:pull", "repository:read"]],
  ["push", ["repository:push"]],
  ["delete", ["repository:delete", "repository:force-delete"]],
]);

/** The action that decides whether `word` is granted; undefined for what means nothing here. */
export function actionFor({ type, name }: Scope, word: string): Action | undefined {
  if (type === "repository") return OF_A_REPOSITORY.get(word)?.[0];
  // `_catalog` = `registry:catalog:*`.
  if (type === "registry" && name === "catalog" && word === "*") return "registry:catalog";
  return undefined;
}

/** The scope that an action takes on the wire; undefined where a token without any will do. */
export function neededScope(action: Action, resource: Resource): Scope | undefined {
  if (action === "registry:catalog") return { type: "registry", name: "catalog", actions: ["*"] };
  if (resource.kind !== "repository") return undefined;
  const { name } = resource;
  for (const [word, allowed] of OF_A_REPOSITORY) {
    if (!allowed.includes(action)) continue;
    // "POST/PUT/PATCH = pull+push".
    return { type: "repository", name, actions: word === "push" ? ["pull", "push"] : [word] };
  }
  return undefined;
}

/** The project that a scope is about; undefined for the registry's own. */
export function projectOfScope({ type, name }: Scope): string | undefined {
  return type === "repository" ? projectOf(name as RepositoryName) : undefined;
}

/**
 * Whether a name still means what it meant when the token was given (A32): another project of the
 * same name inherits nothing. Where there was none, only the push that may have made it goes on:
 * clients use one token from the first blob to the manifest.
 */
function isStillMeant(scope: Scope, recorded: ProjectIds, live: ProjectIds): boolean {
  const project = projectOfScope(scope);
  if (project === undefined) return true;
  const before = recorded.get(project);
  if (before === undefined) return false;
  return before === live.get(project) || (before === null && scope.actions.includes("push"));
}

function limitOf({ type, name, actions }: Scope): Limit | undefined {
  if (type === "registry") return { actions: ["registry:catalog"], repositories: ["**"] };
  if (type !== "repository") return undefined;
  const allowed = actions.flatMap((word) => OF_A_REPOSITORY.get(word) ?? []);
  // A repository's name has no character that a glob gives a meaning to.
  return { actions: allowed, repositories: [name] };
}

/** What a token allows at most, as limits of the actor who shows it: never none at all. */
export function limitsOf(
  access: readonly Scope[],
  recorded: ProjectIds,
  live: ProjectIds,
): readonly Limit[] {
  return access
    .filter((scope) => isStillMeant(scope, recorded, live))
    .map(limitOf)
    .filter((limit) => limit !== undefined);
}
