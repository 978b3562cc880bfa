import { failure } from "../../../kernel/errors/catalogue.ts";
import { excerpt } from "../../../oci/excerpt.ts";
import { grantable, isSystemOnly } from "../permissions.ts";

export const MOST_ROLE_NAME = 64;

const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** The stored list of a role; a damaged one allows nothing. */
export function permissionsOf(stored: string): readonly string[] {
  const list: unknown = JSON.parse(stored);
  return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
}

/** Checks the name of a custom role, given the names of the built-in ones. Throws `role.name_invalid`. */
export function parseRoleName(text: string, isBuiltIn: (name: string) => boolean): string {
  if (text.length <= MOST_ROLE_NAME && NAME.test(text) && !isBuiltIn(text)) return text;
  throw failure("role.name_invalid", { name: excerpt(text), limit: MOST_ROLE_NAME });
}

/**
 * Checks the permissions of a custom role; a project's role can have none that only the
 * installation can give. Throws `role.permission_invalid`.
 */
export function parsePermissions(given: readonly string[], ofProject: boolean): readonly string[] {
  const known = grantable.filter((action) => !ofProject || !isSystemOnly(action));
  const allowed: ReadonlySet<string> = new Set(known);
  const bad = given.filter((each, at) => !allowed.has(each) || given.indexOf(each) !== at);
  if (bad.length === 0 && given.length > 0) {
    // In the order of the vocabulary, so that equal roles are stored alike.
    return known.filter((action) => given.includes(action));
  }
  const permissions = bad.slice(0, 10).map(excerpt);
  throw failure("role.permission_invalid", { permissions, known });
}
