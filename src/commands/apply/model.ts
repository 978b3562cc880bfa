import { isDeepStrictEqual } from "node:util";

/** In the order in which they are made: each needs only those before it. */
export const KIND_NAMES = [
  "projects",
  "groups",
  "roles",
  "robots",
  "group-members",
  "members",
  "trust-rules",
  "immutability-rules",
  "retention-policies",
  "quotas",
] as const;
export type KindName = (typeof KIND_NAMES)[number];

/** What `--prune` can remove, and in which order: a role that somebody has is not removed. */
export const PRUNABLE = [
  "retention-policies",
  "immutability-rules",
  "trust-rules",
  "members",
  "group-members",
  "robots",
  "roles",
] as const;
export type Prunable = (typeof PRUNABLE)[number];

/** A list of things in one place: the roles of a project, the members of a group. */
export interface Section {
  readonly kind: KindName;
  /** The project's name; null in the whole installation. */
  readonly project: string | null;
  /** For `group-members`: the group's name. */
  readonly group: string | null;
}

/** What can be compared: JSON. Undefined where the file leaves to the server what is there. */
export type Fields = Readonly<Record<string, unknown>>;

/** Something that the file says. */
export interface Wanted {
  readonly section: Section;
  /** What makes it the same thing as one that is there: a name, or who with which role where. */
  readonly key: string;
  /** What people call it. */
  readonly label: string;
  readonly fields: Fields;
  /** What counts only when it is made. */
  readonly birth?: Fields;
  /** Where it is said: `file:line:column`. */
  readonly at: string;
}

/** Something that the server has. */
export interface Present {
  readonly section: Section;
  readonly key: string;
  readonly label: string;
  readonly fields: Fields;
  readonly id: string;
  /** For `If-Match`; null where it has none. */
  readonly version: number | null;
}

/** How a list is called in the file, where that is not how its kind is called. */
const NOUNS: Readonly<Partial<Record<KindName, string>>> = {
  "trust-rules": "trustRules",
  "immutability-rules": "immutabilityRules",
  "retention-policies": "retentionPolicies",
  quotas: "quota",
};

/** A section as people find it in the file. */
export function pathOf({ kind, project, group }: Section): string {
  if (group !== null) return `groups/${group}/members`;
  const noun = NOUNS[kind] ?? kind;
  return project === null ? noun : `projects/${project}/${noun}`;
}

/** Two sections are the same when their paths are. */
export function section(
  kind: KindName,
  project: string | null = null,
  group: string | null = null,
): Section {
  return { kind, project, group };
}

/** The fields that are wanted otherwise than they are. */
export function differing(wanted: Fields, present: Fields): string[] {
  return Object.keys(wanted).filter(
    (name) => wanted[name] !== undefined && !isDeepStrictEqual(wanted[name], present[name]),
  );
}
