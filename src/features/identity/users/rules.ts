/** Longest name of a user, a group, or the last part of a robot's. */
export const MOST_NAME = 64;

const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** Names that mean somebody already, in the log and in decisions. */
const RESERVED: ReadonlySet<string> = new Set(["anonymous", "everybody", "system"]);

/** The account that the first start makes; nobody else gets its name. */
export const FIRST_ADMINISTRATOR = "admin";

/**
 * Whether `text` follows the grammar of names: `[a-z0-9]+([._-][a-z0-9]+)*`, at most 64 characters.
 * Such a name needs no quotes in a shell, no escapes in a URL, and is no Docker option. One with a
 * `+` can only be a robot's.
 */
export function isName(text: string): boolean {
  return text.length <= MOST_NAME && NAME.test(text);
}

/** Whether a person who is not the first administrator can have the name. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name) || name === FIRST_ADMINISTRATOR;
}

/**
 * The nearest name to what a login provider calls somebody: `Ada.Lovelace@example.org` becomes
 * `ada.lovelace`; undefined when nothing is left. It may be reserved or taken.
 */
export function nameFrom(text: string): string | undefined {
  const at = text.lastIndexOf("@");
  const local = at > 0 ? text.slice(0, at) : text;
  const plain = local
    .slice(0, 512)
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-");
  const parts: string[] = [];
  let length = 0;
  for (const part of plain.split(/([._-]+)/)) {
    const isJoint = /^[._-]/.test(part);
    const piece = isJoint ? part.slice(0, 1) : part;
    if (piece === "" || (isJoint && parts.length === 0)) continue;
    const room = MOST_NAME - length;
    parts.push(piece.slice(0, room));
    length += piece.length;
    if (length >= MOST_NAME) break;
  }
  const name = parts.join("").replace(/[._-]+$/, "");
  return name === "" ? undefined : name;
}

/** The full name of a robot; `project` is null for one of the system. */
export function robotName(project: string | null, name: string): string {
  return project === null ? `robot+${name}` : `robot+${project}+${name}`;
}

/** Whether a filter over names can match any: keeps patterns of LIKE out (A33). */
export function isNamePrefix(text: string): boolean {
  return text.length <= 512 && /^[a-z0-9._+-]*$/.test(text);
}
