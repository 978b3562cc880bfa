import {
  canonicalWho,
  groupFields,
  immutabilityRuleFields,
  memberFields,
  memberKey,
  memberLabel,
  projectFields,
  quotaFields,
  retentionPolicyFields,
  robotFields,
  roleFields,
  trustRuleFields,
} from "../fields.ts";
import { QUOTA_KEY } from "../kinds/quotas.ts";
import { pathOf, type Section, section, type Wanted } from "../model.ts";
import type { Read } from "./document.ts";
import type { Problem } from "./problems.ts";
import type { FileContent, ProjectContent } from "./schema.ts";

/** All that the files say together. */
export interface Statements {
  readonly wanted: readonly Wanted[];
  /** The lists that are written, also those that are empty, by their paths. */
  readonly sections: ReadonlyMap<string, Section>;
}

type Lists = Pick<FileContent, "roles" | "robots" | "members" | "trustRules">;
type Say = (said: Omit<Wanted, "at">, path: readonly PropertyKey[]) => void;
type Open = (section: Section) => Section;

/** The lists that a project has, and the installation as well. */
function sayLists(
  lists: Lists,
  project: string | null,
  above: readonly PropertyKey[],
  say: Say,
  open: Open,
): void {
  const { roles, robots, members, trustRules } = lists;
  if (roles !== undefined) {
    const here = open(section("roles", project));
    for (const [key, role] of Object.entries(roles)) {
      say({ section: here, key, label: key, fields: roleFields(role) }, [...above, "roles", key]);
    }
  }
  if (robots !== undefined) {
    const here = open(section("robots", project));
    for (const [key, robot] of Object.entries(robots)) {
      const said = { section: here, key, label: key, fields: robotFields(robot) };
      say({ ...said, birth: { ...robot?.firstSecret } }, [...above, "robots", key]);
    }
  }
  if (members !== undefined) {
    const here = open(section("members", project));
    members.forEach((member, index) => {
      const { role, repositories = null, tags = null } = member;
      const terms = { who: canonicalWho(member.who), role, repositories, tags };
      const named = { section: here, key: memberKey(terms), label: memberLabel(terms) };
      say({ ...named, fields: memberFields(member) }, [...above, "members", index]);
    });
  }
  if (trustRules !== undefined) {
    const here = open(section("trust-rules", project));
    trustRules.forEach((rule, index) => {
      const said = { section: here, key: rule.name, label: rule.name };
      const path = [...above, "trustRules", index];
      say({ ...said, fields: trustRuleFields(rule, project) }, path);
    });
  }
}

/** What becomes of a project's content. The server leaves out what is around a name. */
function sayPolicies(
  project: string,
  content: ProjectContent,
  above: readonly PropertyKey[],
  say: Say,
  open: Open,
): void {
  const { immutabilityRules, retentionPolicies } = content ?? {};
  if (immutabilityRules !== undefined) {
    const here = open(section("immutability-rules", project));
    immutabilityRules.forEach((rule, index) => {
      const key = rule.name.trim();
      const said = { section: here, key, label: key, fields: immutabilityRuleFields(rule) };
      say(said, [...above, "immutabilityRules", index]);
    });
  }
  if (retentionPolicies !== undefined) {
    const here = open(section("retention-policies", project));
    retentionPolicies.forEach((policy, index) => {
      const key = policy.name.trim();
      const said = { section: here, key, label: key, fields: retentionPolicyFields(policy) };
      say(said, [...above, "retentionPolicies", index]);
    });
  }
}

function sayProject(name: string, content: ProjectContent, say: Say, open: Open): void {
  const here = open(section("projects"));
  const path = ["projects", name];
  say({ section: here, key: name, label: name, fields: projectFields(content) }, path);
  sayLists(content ?? {}, name, path, say, open);
  sayPolicies(name, content, path, say, open);
  const quota = content?.quota;
  if (quota === undefined) return;
  const limits = { section: open(section("quotas", name)), key: QUOTA_KEY, label: QUOTA_KEY };
  say({ ...limits, fields: quotaFields(quota) }, [...path, "quota"]);
}

function sayDocument(content: FileContent, say: Say, open: Open): void {
  for (const [name, project] of Object.entries(content.projects ?? {})) {
    sayProject(name, project, say, open);
  }
  for (const [name, group] of Object.entries(content.groups ?? {})) {
    const path = ["groups", name];
    const here = open(section("groups"));
    say({ section: here, key: name, label: name, fields: groupFields(group) }, path);
    if (group?.members === undefined) continue;
    const inside = open(section("group-members", null, name));
    group.members.forEach((member, index) => {
      const key = member.replace(/^user:/, "");
      const said = { section: inside, key, label: key, fields: {} };
      say(said, [...path, "members", index]);
    });
  }
  sayLists(content, null, [], say, open);
}

/** Whether one thing is said twice, where it can be there only once. */
function isTwin(one: Wanted, other: Wanted): boolean {
  const { kind } = one.section;
  if (kind === "members") return one.fields.condition === other.fields.condition;
  const same = (field: string) => one.fields[field] === other.fields[field];
  return kind !== "trust-rules" || ["issuer", "subject", "robot"].every(same);
}

/** One project can be spread over files: what each says of it goes together. */
function joined(first: Wanted, second: Wanted, problems: Problem[]): Wanted {
  const fields: Record<string, unknown> = { ...first.fields };
  for (const [name, value] of Object.entries(second.fields)) {
    if (value === undefined) continue;
    if (fields[name] !== undefined) {
      const en = `${name} of ${second.label} is said here and at ${first.at}`;
      const zh = `${second.label} 的 ${name} 在此处与 ${first.at} 重复`;
      problems.push({ at: second.at, words: { en, zh } });
    }
    fields[name] = value;
  }
  return { ...first, fields };
}

/** Puts documents together. What is said twice goes to `problems`. */
export function statementsOf(documents: readonly Read[], problems: Problem[]): Statements {
  const wanted = new Map<string, Wanted[]>();
  const sections = new Map<string, Section>();
  const open: Open = (here) => {
    sections.set(pathOf(here), here);
    return here;
  };
  for (const { content, at } of documents) {
    const say: Say = (said, path) => {
      const each: Wanted = { ...said, at: at(path) };
      const key = JSON.stringify([pathOf(each.section), each.key]);
      const before = wanted.get(key) ?? [];
      const [first] = before;
      const canJoin = each.section.kind === "projects" || each.section.kind === "groups";
      if (canJoin && first !== undefined) {
        wanted.set(key, [joined(first, each, problems)]);
        return;
      }
      const twin = before.find((other) => isTwin(other, each));
      if (twin !== undefined) {
        const en = `${each.label} is said here and at ${twin.at}`;
        problems.push({ at: each.at, words: { en, zh: `${each.label} 在此处与 ${twin.at} 重复` } });
      }
      wanted.set(key, [...before, each]);
    };
    sayDocument(content, say, open);
  }
  return { wanted: [...wanted.values()].flat(), sections };
}
