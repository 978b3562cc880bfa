import { failure } from "../../../kernel/errors/catalogue.ts";
import { excerpt } from "../../../oci/excerpt.ts";
import { parseGlob } from "../../../oci/glob.ts";
import type { BindingSubject } from "../../../platform/database/schema/access.ts";

/** What follows `project/` in a name, with wildcards; no empty component can ever match. */
const REPOSITORY = /^(?!\/)(?!.*\/\/)[a-z0-9._\-/*?]+(?<!\/)$/;
const TAG = /^[A-Za-z0-9._\-*?]+$/;

/** Checks a repository pattern; throws `glob.invalid`, `binding.pattern_invalid`. */
export function parseRepositoryPattern(text: string | null): string | null {
  if (text === null) return null;
  parseGlob(text);
  if (REPOSITORY.test(text)) return text;
  throw failure("binding.pattern_invalid", { pattern: excerpt(text), what: "repository" });
}

/** Checks a tag pattern; throws `glob.invalid`, `binding.pattern_invalid`. */
export function parseTagPattern(text: string | null): string | null {
  if (text === null) return null;
  parseGlob(text);
  if (TAG.test(text)) return text;
  throw failure("binding.pattern_invalid", { pattern: excerpt(text), what: "tag" });
}

const SUBJECTS: readonly string[] = ["principal", "group", "authenticated", "everyone"];

/** The id of a subject as it is stored: "" for those that are not one. Throws `binding.subject_invalid`. */
export function parseSubject(subject: {
  readonly kind: BindingSubject;
  readonly id?: string | null;
}): { readonly kind: BindingSubject; readonly id: string } {
  const { kind } = subject;
  const id = subject.id ?? "";
  const isSomebody = kind === "principal" || kind === "group";
  if (SUBJECTS.includes(kind) && isSomebody === (id !== "")) return { kind, id };
  throw failure("binding.subject_invalid");
}

/** Checks when a binding is to expire; throws `binding.expiry_invalid`. */
export function parseExpiry(at: number | null, now: number): number | null {
  if (at === null || (Number.isSafeInteger(at) && at > now)) return at;
  throw failure("binding.expiry_invalid");
}
