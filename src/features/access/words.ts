import type { Language } from "../../kernel/errors/catalogue.ts";
import type { ConditionFacts } from "./conditions/condition.ts";
import type { Words } from "./explanation.ts";
import type { Decision, Reason, Resource } from "./rules.ts";
import { spell } from "./rules.ts";
import type { BindingOutcome, HeldBinding } from "./rules-binding.ts";

const REASONS: Readonly<Record<Reason, Words>> = {
  administrator: {
    en: "they are an administrator of the installation",
    zh: "其为系统管理员",
  },
  login: { en: "everybody who is logged in may", zh: "所有已登录者均可执行" },
  public: { en: "the project is public", zh: "项目为公开项目" },
  binding: { en: "a binding allows it", zh: "有绑定允许" },
  limit: {
    en: "the token in use is limited to other things",
    zh: "所用令牌的权限范围不包括此操作",
  },
  network: {
    en: "the project cannot be used from this address",
    zh: "不允许从该地址使用此项目",
  },
  expired: { en: "the right has expired", zh: "权限已过期" },
  tag: { en: "the right does not cover this tag", zh: "权限不包括该标签" },
  second_factor: {
    en: "the role counts only with a second factor",
    zh: "该角色仅在通过第二因素验证后生效",
  },
  condition: { en: "the condition of the right is not met", zh: "权限所附条件未满足" },
  none: { en: "no role allows it", zh: "没有角色允许此操作" },
};

/** Why it was decided so, in a few words that tell the caller nothing about others. */
export function why({ reason }: Pick<Decision, "reason">, language: Language): string {
  return REASONS[reason][language];
}

/** The same in both languages. */
export function reasonWords(reason: Reason): Words {
  return REASONS[reason];
}

/** How a resource is written in an explanation. */
export function resourceWords(resource: Resource): Words {
  if (resource.kind === "registry") return { en: spell(resource), zh: "整个系统" };
  const kind = resource.kind === "project" ? "项目" : "仓库";
  return { en: spell(resource), zh: `${kind} ${spell(resource).slice(resource.kind.length + 1)}` };
}

/** Where a binding counts. */
function whereWords({ scope, repository, tag }: HeldBinding, project: string | null): Words {
  const tags =
    tag === null ? { en: "", zh: "" } : { en: `, tags ${tag.text}`, zh: `，标签 ${tag.text}` };
  if (scope === "system") return { en: `everywhere${tags.en}`, zh: `整个系统${tags.zh}` };
  const full = `${project ?? ""}/${repository?.text ?? "**"}`;
  return scope === "project"
    ? { en: `on project ${project ?? ""}${tags.en}`, zh: `项目 ${project ?? ""}${tags.zh}` }
    : { en: `on repository ${full}${tags.en}`, zh: `仓库 ${full}${tags.zh}` };
}

function subjectWords({ subject }: HeldBinding): Words {
  switch (subject.kind) {
    case "principal":
      return { en: "to the principal", zh: "授予该账号" };
    case "group":
      return { en: `to group ${subject.id}`, zh: `授予用户组 ${subject.id}` };
    case "authenticated":
      return { en: "to everybody who is logged in", zh: "授予所有已登录者" };
    case "everyone":
      return { en: "to everyone", zh: "授予所有人" };
  }
}

/** What a condition's variables were, those it names; of claims only that they were looked at. */
function valuesOf(text: string, facts: ConditionFacts): string {
  const values: readonly [string, string][] = [
    ["request.address", facts.address],
    ["request.time", new Date(facts.time).toISOString()],
    ["request.second_factor", String(facts.secondFactor)],
    ["request.via", facts.via],
    ["action", facts.action],
    ["resource.project", facts.project],
    ["resource.repository", facts.repository],
    ["resource.tag", facts.tag],
    ["principal.name", facts.principalName],
    ["principal.kind", facts.principalKind],
  ];
  return values
    .filter(([name]) => text.includes(name))
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    .join(", ");
}

function conditionWords(binding: HeldBinding, facts: ConditionFacts): Words {
  const text = binding.condition?.text ?? "";
  const values = valuesOf(text, facts);
  const seen = values === "" ? { en: "", zh: "" } : { en: ` (${values})`, zh: `（${values}）` };
  return {
    en: `but its condition ${text} is not met${seen.en}`,
    zh: `但其条件 ${text} 未满足${seen.zh}`,
  };
}

function errorWords(binding: HeldBinding, facts: ConditionFacts): Words {
  const text = binding.condition?.text ?? "";
  const error = binding.condition?.test(facts).error ?? "";
  return {
    en: `but its condition ${text} could not be evaluated and so is not met: ${error}`,
    zh: `但其条件 ${text} 无法求值，视为未满足：${error}`,
  };
}

function tagWords({ repository, tag }: ConditionFacts): Words {
  if (repository === "") {
    return { en: "but a right on tags is none on a project", zh: "但标签权限不适用于整个项目" };
  }
  return tag === ""
    ? { en: "but deleting without a tag touches every tag", zh: "但不指定标签的删除会影响所有标签" }
    : { en: `but ${tag} is not one of these tags`, zh: `但 ${tag} 不在这些标签之内` };
}

function outcomeWords(outcome: BindingOutcome, binding: HeldBinding, facts: ConditionFacts): Words {
  switch (outcome) {
    case "action":
      return {
        en: `but that role does not have ${facts.action}`,
        zh: `但该角色不包含 ${facts.action}`,
      };
    case "repository":
      return { en: "but that is not what was asked about", zh: "但与所询问的对象不符" };
    case "expired": {
      const at = new Date(binding.expiresAt ?? 0).toISOString();
      return { en: `but it expired at ${at}`, zh: `但已于 ${at} 过期` };
    }
    case "tag":
      return tagWords(facts);
    case "second_factor":
      return {
        en: "but the role counts only with a second factor, and none was shown",
        zh: "但该角色仅在通过第二因素验证后生效，而此次未验证",
      };
    case "condition":
      return conditionWords(binding, facts);
    case "condition_error":
      return errorWords(binding, facts);
    case "met":
      return { en: "and that allows it", zh: "因此允许" };
  }
}

/** A binding in a sentence: what it gives to whom, where, and what came of it. */
export function bindingWords(
  binding: HeldBinding,
  outcome: BindingOutcome,
  project: string | null,
  facts: ConditionFacts,
): Words {
  const where = whereWords(binding, project);
  const to = subjectWords(binding);
  const end = outcomeWords(outcome, binding, facts);
  const { id, role } = binding;
  return {
    en: `binding ${id} gives role ${role.name} ${to.en} ${where.en}, ${end.en}`,
    zh: `绑定 ${id} 将角色 ${role.name} ${to.zh}，范围为${where.zh}，${end.zh}`,
  };
}
