import { failure } from "../../kernel/errors/catalogue.ts";

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * Checks a text that people write about something: one line, bounded; empty counts as none.
 * Throws `identity.field_invalid`.
 */
export function checkText(
  field: string,
  text: string | null | undefined,
  limit: number,
): string | null {
  if (text === null || text === undefined || text === "") return null;
  if (typeof text !== "string" || text.length > limit || CONTROL.test(text)) {
    throw failure("identity.field_invalid", { field, limit });
  }
  return text;
}

/** Checks the version that a change was decided on. Throws `api.precondition`. */
export function checkVersion(current: number, expected: number | null): void {
  if (expected !== null && expected !== current) throw failure("api.precondition", { current });
}
