import { failure } from "../../kernel/errors/catalogue.ts";
import { excerpt } from "../../oci/excerpt.ts";

/** The built-in role of whoever makes a project, in that project. */
export const FOUNDER_ROLE = "project-administrator";

/** Host and name together have 255 signs at most; most of them are left to the repositories. */
export const MOST_PROJECT_NAME = 128;
export const MOST_DESCRIPTION = 1_000;

/** What a project says instead of a time when its untagged manifests never go. */
export const NEVER = 0;

/** One component of a repository's name (distribution-spec, "Pulling manifests"): linear, no overlaps. */
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;

/** Checks the name of a new project; throws `project.name_invalid`. */
export function parseProjectName(text: string): string {
  if (text.length <= MOST_PROJECT_NAME && COMPONENT.test(text)) return text;
  throw failure("project.name_invalid", { name: excerpt(text), limit: MOST_PROJECT_NAME });
}

/** Checks a description; an empty one is none. Throws `rights.field_invalid`. */
export function parseDescription(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text === "") return null;
  if (text.length <= MOST_DESCRIPTION && !/[\x00-\x1f\x7f]/.test(text)) return text.toWellFormed();
  throw failure("rights.field_invalid", { field: "description", limit: MOST_DESCRIPTION });
}
