import type { Conditions, RetentionRule } from "../policy.ts";
import type { Imported, NotCarried } from "./imported.ts";
import { isRecord, listIn, numberIn, textIn } from "./rules-json.ts";

interface Read {
  readonly at: string;
  readonly priority: number;
  readonly note: string | undefined;
  /** Globs that a tag fits; null for images without tags; undefined for all. */
  readonly tags: readonly string[] | null | undefined;
  readonly age: Conditions;
}

type Refused = Omit<NotCarried, "at">;

const TRANSITION: Refused = {
  en: "it moves images to another storage class, which there is none of here",
  zh: "它将镜像转移到其他存储类别，此处没有对应概念",
};
const ALL_TAGS: Refused = {
  en: "it wants images that have a tag of each pattern; a rule here looks at one tag at a time",
  zh: "它要求镜像同时具有多种模式的标签；此处的规则逐个标签判断",
};
const UNKNOWN: Refused = { en: "it is not understood", zh: "无法识别" };

function tagsOf(selection: Record<string, unknown>): Read["tags"] | Refused {
  const status = textIn(selection, "tagStatus");
  if (status === "untagged") return null;
  if (status === "any") return undefined;
  if (status !== "tagged") return UNKNOWN;
  const prefixes = listIn(selection, "tagPrefixList").map((prefix) => `${prefix}*`);
  const patterns = [...prefixes, ...listIn(selection, "tagPatternList")];
  if (patterns.length === 0) return UNKNOWN;
  return patterns.length > 1 ? ALL_TAGS : patterns;
}

function ageOf(selection: Record<string, unknown>): Conditions | undefined {
  const count = numberIn(selection, "countNumber");
  if (count === undefined) return undefined;
  switch (textIn(selection, "countType")) {
    case "imageCountMoreThan":
      return { exceptNewest: { count, by: "pushed", per: "repository" } };
    case "sinceImagePushed":
      return { olderThanDays: count };
    case "sinceImagePulled":
      return { unusedForDays: count };
    default:
      return undefined;
  }
}

function readRule(rule: unknown, at: string): Read | Refused {
  if (!isRecord(rule) || !isRecord(rule.selection) || !isRecord(rule.action)) return UNKNOWN;
  const { selection, action } = rule;
  if (action.type === "transition") return TRANSITION;
  const priority = numberIn(rule, "rulePriority");
  const tags = tagsOf(selection);
  const age = ageOf(selection);
  if (tags !== null && tags !== undefined && "en" in tags) return tags;
  if (action.type !== "expire" || priority === undefined || age === undefined) return UNKNOWN;
  return { at, priority, note: textIn(rule, "description"), tags, age };
}

/** "An image that matches the tagging requirements of a rule cannot be expired by a rule with a lower priority." */
function ruleOf({ tags, age, note }: Read, before: readonly Read[]): RetentionRule | undefined {
  const taken = before.flatMap((each) => each.tags ?? []);
  const isTaken = (status: null | undefined) => before.some((each) => each.tags === status);
  if (isTaken(undefined) || (tags === null && isTaken(null))) return undefined;
  return {
    action: "delete",
    ...(note === undefined || note.trim() === "" ? {} : { note: note.trim().slice(0, 256) }),
    ...(tags === null ? { untagged: true } : tags === undefined ? {} : { tags }),
    ...(tags === undefined && isTaken(null) ? { untagged: false } : {}),
    ...(tags !== null && taken.length > 0 ? { exceptTags: taken } : {}),
    ...age,
  };
}

/** Reads a lifecycle policy of Amazon ECR; undefined for what is none. */
export function importEcr(document: unknown, name: string): Imported | undefined {
  if (!isRecord(document) || !Array.isArray(document.rules)) return undefined;
  const notCarried: NotCarried[] = [];
  const read: Read[] = [];
  document.rules.forEach((rule: unknown, index) => {
    const at = `rules[${index}]`;
    const known = readRule(rule, at);
    if ("en" in known) notCarried.push({ at, ...known });
    else read.push(known);
  });
  read.sort((a, b) => a.priority - b.priority);
  const rules = read.flatMap((each, place) => {
    const rule = ruleOf(each, read.slice(0, place));
    if (rule !== undefined) return [rule];
    const en = "a rule before it names all of its images, so that it never counts";
    notCarried.push({ at: each.at, en, zh: "前面的规则已涵盖其全部镜像，因此不会生效" });
    return [];
  });
  const policies = rules.length === 0 ? [] : [{ name, repositories: ["**"], rules }];
  return { policies, notCarried };
}
