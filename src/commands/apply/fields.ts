import { formatDuration, parseDuration } from "../../config/units.ts";
import { builtInRole } from "../../features/access/roles/built-in.ts";
import { subjectOf } from "../remote/find.ts";
import { momentOf } from "./file/moment.ts";
import type {
  GroupContent,
  ImmutabilityRuleContent,
  MemberContent,
  ProjectContent,
  QuotaContent,
  RetentionPolicyContent,
  RobotContent,
  RoleContent,
  TrustRuleContent,
} from "./file/schema.ts";
import type { Fields } from "./model.ts";

/** Lists whose order means nothing, so that equal ones are alike. */
export function asSet(list: readonly string[]): string[] {
  return [...new Set(list)].sort();
}

/** The server keeps an empty text as none. */
function textOf(given: string | null | undefined): string | null | undefined {
  return given === "" ? null : given;
}

export function projectFields(content: ProjectContent): Fields {
  const { description, public: isPublic, networks, untaggedAfter: after } = content ?? {};
  const set = networks === undefined || networks === null ? networks : asSet(networks);
  // One spelling for each: `24h` is `1d`.
  const time = typeof after === "string" ? parseDuration(after) : undefined;
  const untaggedAfter = time === undefined ? after : formatDuration(time);
  return { description: textOf(description), public: isPublic, networks: set, untaggedAfter };
}

export function groupFields(content: GroupContent): Fields {
  return { description: textOf(content?.description) };
}

export function roleFields({
  permissions,
  secondFactor = false,
  description,
}: RoleContent): Fields {
  return { permissions: asSet(permissions), secondFactor, description: textOf(description) };
}

export function robotFields(content: RobotContent): Fields {
  return { description: textOf(content?.description), enabled: content?.enabled };
}

/** `robot+team+ci` and `ci` are the same robot of the project `team`. */
export function robotKey(name: string, project: string | null): string {
  const prefix = project === null ? "robot+" : `robot+${project}+`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

export function trustRuleFields(rule: TrustRuleContent, project: string | null): Fields {
  const { robot, issuer, audience, subject, condition = null, jwksUrl = null, enabled } = rule;
  const key = robotKey(robot, project);
  return { robot: key, issuer, audience, subject, condition, jwksUrl, enabled };
}

export function quotaFields(quota: QuotaContent): Fields {
  return { ...quota };
}

export function immutabilityRuleFields(rule: ImmutabilityRuleContent): Fields {
  const { repositories = "**", tags = "*", exceptTags = [] } = rule;
  return { repositories, tags, exceptTags: asSet(exceptTags) };
}

function countOf<T extends { readonly by?: unknown; readonly per?: unknown }>(count: T) {
  const { by = "pushed", per = "repository", ...rest } = count;
  return { ...rest, by, per };
}

/** Rules keep their order: reports name them by their place. */
export function retentionPolicyFields(policy: RetentionPolicyContent): Fields {
  const { description, repositories = ["**"], schedule = null, rules } = policy;
  return {
    description: textOf(description?.trim() ?? description),
    repositories: asSet(repositories),
    schedule: schedule === null ? null : { timeZone: "UTC", ...schedule },
    rules: rules.map(({ newest, exceptNewest, ...rest }) => ({
      ...rest,
      ...(newest === undefined ? {} : { newest: countOf(newest) }),
      ...(exceptNewest === undefined ? {} : { exceptNewest: countOf(exceptNewest) }),
    })),
  };
}

export function memberFields({ condition = null, expires = null }: MemberContent): Fields {
  const expiresAt = expires === null ? null : (momentOf(expires) ?? null);
  return { condition, expiresAt };
}

/** One spelling for each subject. */
export function whoText(kind: string, name: string | null): string {
  if (name === null) return kind;
  if (kind === "group") return `group:${name}`;
  // A user can have the name of everybody.
  const isAmbiguous = subjectOf(name).name === null;
  return isAmbiguous ? `user:${name}` : name;
}

/** The same for a text that a person wrote. */
export function canonicalWho(text: string): string {
  const { kind, name } = subjectOf(text);
  return whoText(kind, name);
}

/** The terms of a binding that it keeps for life, as far as this program goes. */
export interface MemberKey {
  readonly who: string;
  readonly role: string;
  readonly repositories: string | null;
  readonly tags: string | null;
}

export function memberKey({ who, role, repositories, tags }: MemberKey): string {
  return JSON.stringify([who, role, repositories, tags]);
}

export function memberOfKey(key: string): MemberKey {
  const [who, role, repositories, tags] = JSON.parse(key) as [string, string, never, never];
  return { who, role, repositories, tags };
}

export function memberLabel({ who, role, repositories, tags }: MemberKey): string {
  const where = repositories === null ? "" : ` repositories=${repositories}`;
  return `${who} ${role}${where}${tags === null ? "" : ` tags=${tags}`}`;
}

/** Whether a role is the same in every installation, and called by its name. */
export function isBuiltIn(role: string): boolean {
  return builtInRole(role) !== undefined;
}
