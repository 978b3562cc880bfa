const MOST_MEMBERS = 32;
/** Ids as this program makes them, and digests: they name what a job is about and nobody's words. */
const PLAIN = /^(?:[0-9a-hjkmnp-tv-z]{26,32}|sha(?:256|512):[0-9a-f]{64,128})$/;
const HIDDEN = "[hidden]";

/** What a member of a job's payload may be shown as. */
export type Shown = string | number | boolean | null;

function shown(value: unknown): Shown {
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string" && PLAIN.test(value)) return value;
  return Array.isArray(value) ? `[${value.length}]` : HIDDEN;
}

/**
 * A job's payload as it may be shown: ids, digests and figures. Texts may be names, addresses or
 * secrets of people, so none of them is; a list shows how long it is.
 */
export function safePayload(payload: unknown): Readonly<Record<string, Shown>> {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return {};
  const members = Object.entries(payload).slice(0, MOST_MEMBERS);
  return Object.fromEntries(members.map(([name, value]) => [name, shown(value)]));
}
