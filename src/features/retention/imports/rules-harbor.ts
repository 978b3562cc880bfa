import type { Conditions, PolicyInput, PolicySchedule, RetentionRule } from "../policy.ts";
import type { Imported, NotCarried } from "./imported.ts";
import { isRecord, numberIn, textIn } from "./rules-json.ts";

type Refused = Omit<NotCarried, "at">;

const UNKNOWN: Refused = { en: "it is not understood", zh: "无法识别" };
const DISABLED: Refused = { en: "it is switched off", zh: "它已停用" };
const EXCLUDED: Refused = {
  en: "it leaves repositories out, which patterns here cannot say",
  zh: "它排除部分仓库，此处的模式无法表达",
};
const CLASSES: Refused = {
  en: "its pattern has classes or braces within braces, which patterns here do not know",
  zh: "其模式包含字符类或嵌套花括号，此处不支持",
};
const MOST = 50;

/** `{a,b}` is one pattern for each; undefined for what our patterns cannot say. */
function patternsOf(pattern: string): string[] | undefined {
  if (/[[\]\\]|\{[^}]*\{/.test(pattern)) return undefined;
  const found = /\{([^{}]*)\}/.exec(pattern);
  if (found === null) return [pattern];
  const all = (found[1] ?? "").split(",").flatMap((each) => {
    return patternsOf(pattern.replace(found[0], () => each)) ?? [];
  });
  return all.length > 0 && all.length <= MOST && all.every((each) => each !== "") ? all : undefined;
}

function selectorIn(list: unknown): Record<string, unknown> | undefined {
  return Array.isArray(list) && list.length === 1 && isRecord(list[0]) ? list[0] : undefined;
}

function isWithUntagged(selector: Record<string, unknown>): boolean {
  try {
    const extras: unknown = JSON.parse(textIn(selector, "extras") ?? "{}");
    return isRecord(extras) && extras.untagged === true;
  } catch {
    return false;
  }
}

function keptBy(template: string, params: Record<string, unknown>): Conditions | undefined {
  if (template === "always") return {};
  const count = numberIn(params, template);
  if (count === undefined) return undefined;
  switch (template) {
    case "latestPushedK":
      return count === 0 ? undefined : { newest: { count, by: "pushed", per: "repository" } };
    case "latestPulledN":
      return count === 0 ? undefined : { newest: { count, by: "used", per: "repository" } };
    case "nDaysSinceLastPush":
      return { newerThanDays: count };
    case "nDaysSinceLastPull":
      return { pulledWithinDays: count };
    default:
      return undefined;
  }
}

interface Read {
  readonly repositories: readonly string[];
  readonly rules: readonly RetentionRule[];
}

function readRule(rule: unknown): Read | Refused {
  if (!isRecord(rule) || rule.action !== "retain") return UNKNOWN;
  if (rule.disabled === true) return DISABLED;
  const scope = isRecord(rule.scope_selectors) ? rule.scope_selectors.repository : undefined;
  const where = selectorIn(scope);
  const which = selectorIn(rule.tag_selectors);
  if (where === undefined || which === undefined) return UNKNOWN;
  if (where.decoration === "repoExcludes") return EXCLUDED;
  const kept = keptBy(textIn(rule, "template") ?? "", isRecord(rule.params) ? rule.params : {});
  if (where.decoration !== "repoMatches" || kept === undefined) return UNKNOWN;
  const repositories = patternsOf(textIn(where, "pattern") ?? "");
  const tags = patternsOf(textIn(which, "pattern") ?? "");
  if (repositories === undefined || tags === undefined) return CLASSES;
  if (repositories.includes("") || tags.includes("")) return UNKNOWN;
  const isAll = tags.length === 1 && tags[0] === "**";
  const untagged: RetentionRule[] = isWithUntagged(which)
    ? [{ action: "keep", untagged: true, ...kept }]
    : [];
  if (which.decoration === "excludes") {
    return {
      repositories,
      rules: [{ action: "keep", untagged: false, exceptTags: tags, ...kept }, ...untagged],
    };
  }
  if (which.decoration !== "matches") return UNKNOWN;
  if (isAll && untagged.length > 0) return { repositories, rules: [{ action: "keep", ...kept }] };
  return { repositories, rules: [{ action: "keep", tags, ...kept }, ...untagged] };
}

/** Six fields with seconds, which runs here have none of. */
function scheduleIn(document: Record<string, unknown>): PolicySchedule | Refused | null {
  const settings = isRecord(document.trigger) ? document.trigger.settings : undefined;
  const cron = isRecord(settings) ? (textIn(settings, "cron") ?? "") : "";
  if (cron.trim() === "") return null;
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 6) {
    return { en: `its schedule ${cron} is not understood`, zh: `无法识别其计划 ${cron}` };
  }
  return { cron: fields.slice(1).join(" ").replaceAll("?", "*"), timeZone: "UTC" };
}

/**
 * Reads a retention policy of Harbor; undefined for what is none. There everything goes that no rule
 * retains, in the repositories that some rule is for: so each set of repositories becomes a policy
 * that keeps what its rules keep and deletes the rest.
 */
export function importHarbor(document: unknown, name: string): Imported | undefined {
  if (!isRecord(document) || !Array.isArray(document.rules)) return undefined;
  const notCarried: NotCarried[] = [];
  const found = new Map<string, { repositories: readonly string[]; rules: RetentionRule[] }>();
  document.rules.forEach((rule: unknown, index) => {
    const at = `rules[${index}]`;
    const read = readRule(rule);
    if ("en" in read) {
      notCarried.push({ at, ...read });
      return;
    }
    const key = JSON.stringify(read.repositories);
    const policy = found.get(key) ?? { repositories: read.repositories, rules: [] };
    policy.rules.push(...read.rules);
    found.set(key, policy);
  });
  // To delete what a rule would retain that could not be carried over is worse than to import nothing.
  const isWhole = notCarried.every(({ en }) => en === DISABLED.en);
  const when = scheduleIn(document);
  if (when !== null && "en" in when) notCarried.push({ at: "trigger", ...when });
  const schedule = when === null || "en" in when ? null : when;
  const rest: RetentionRule = { action: "delete", olderThanDays: 0 };
  const policies = [...found.values()].map(({ repositories, rules }, index): PolicyInput => {
    const called = index === 0 ? name : `${name} ${index + 1}`;
    return { name: called, repositories, rules: isWhole ? [...rules, rest] : rules, schedule };
  });
  if (!isWhole && policies.length > 0) {
    const en = "nothing is deleted while rules that retain are missing: add a rule that deletes";
    notCarried.push({
      at: "rules",
      en,
      zh: "因缺少部分保留规则，不会删除任何内容：请自行添加删除规则",
    });
  }
  return { policies, notCarried };
}
