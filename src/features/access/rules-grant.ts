import type { BindingScope } from "../../platform/database/schema/access.ts";
import type { Actor, Limit } from "../identity/principal.ts";
import { grantable, isSystemOnly } from "./permissions.ts";
import { limitsCover } from "./rules.ts";
import type { HeldBinding, Holding } from "./rules-binding.ts";

/** What somebody is about to give: a role's permissions, where and within which bounds. */
export interface Grant {
  readonly permissions: readonly string[];
  /** Whether the role counts only with a second factor. */
  readonly secondFactor: boolean;
  readonly scope: BindingScope;
  /** The project as it was loaded; null for the system. */
  readonly project: { readonly id: string; readonly name: string } | null;
  readonly repositories: string | null;
  readonly tags: string | null;
  readonly condition: string | null;
  readonly expiresAt: number | null;
}

/** The permissions of a role that can have any effect within what a binding covers. */
export function effectiveIn(
  permissions: readonly string[],
  { scope, tags }: Pick<Grant, "scope" | "tags">,
): string[] {
  if (scope === "repository" || tags !== null) {
    return permissions.filter((each) => each === "project:read" || isOfRepository(each));
  }
  return permissions.filter((each) => scope === "system" || !SYSTEM_ONLY.has(each));
}

function isOfRepository(permission: string): boolean {
  return permission.startsWith("repository:");
}

const SYSTEM_ONLY: ReadonlySet<string> = new Set(grantable.filter(isSystemOnly));

/**
 * The permissions that `actor` would give without having them there (A31); empty when all is well.
 * Whoever has a right within bounds (tags, a condition, until a time, with a second factor) can
 * give it within the same bounds only, and nobody gives what their credential's limits leave out.
 * That a project is public does not count: it may be private tomorrow.
 */
export function missingFor(
  actor: Actor,
  holdings: readonly Holding[],
  grant: Grant,
  now: number,
): string[] {
  const held = actor.principal.administrator
    ? null
    : holdings.flatMap(({ system, byProject }) => [
        ...system,
        ...(grant.project === null ? [] : (byProject.get(grant.project.id) ?? [])),
      ]);
  return effectiveIn(grant.permissions, grant).filter(
    (permission) =>
      !isWithinLimits(actor.limits, permission, grant) ||
      (held !== null && !held.some((each) => gives(each, permission, grant, actor, now))),
  );
}

function isWithinLimits(
  limits: readonly Limit[] | null,
  permission: string,
  { project, scope, repositories }: Grant,
): boolean {
  if (limits === null) return true;
  const action = grantable.find((each) => each === permission);
  if (action === undefined) return false;
  if (project === null) return limitsCover(limits, action, { kind: "registry" });
  if (limitsCover(limits, action, { kind: "project", name: project.name })) return true;
  const full = `${project.name}/${repositories ?? ""}`;
  return (
    scope === "repository" &&
    limits.some(
      (limit) =>
        (limit.actions.includes(action) || limit.actions.includes("*")) &&
        limit.repositories.includes(full),
    )
  );
}

function gives(
  held: HeldBinding,
  permission: string,
  grant: Grant,
  actor: Actor,
  now: number,
): boolean {
  if (!held.role.permissions.has(permission)) return false;
  if (held.scope !== "system" && SYSTEM_ONLY.has(permission)) return false;
  return (
    coversScope(held, grant) &&
    coversTags(held, permission, grant) &&
    lastsAsLong(held, grant, now) &&
    (held.condition === null || held.condition.text === grant.condition) &&
    (!held.role.secondFactor || (actor.secondFactor && grant.secondFactor))
  );
}

function coversScope(held: HeldBinding, { scope, repositories }: Grant): boolean {
  if (held.scope === "system") return true;
  if (scope === "system") return false;
  if (held.scope === "project") return true;
  const pattern = held.repository?.text ?? "**";
  return scope === "repository" && (pattern === "**" || pattern === repositories);
}

function coversTags(held: HeldBinding, permission: string, { tags }: Grant): boolean {
  if (held.tag === null || permission === "project:read") return true;
  return isOfRepository(permission) && held.tag.text === tags;
}

function lastsAsLong({ expiresAt }: HeldBinding, grant: Grant, now: number): boolean {
  if (expiresAt === null) return true;
  return expiresAt > now && grant.expiresAt !== null && grant.expiresAt <= expiresAt;
}
