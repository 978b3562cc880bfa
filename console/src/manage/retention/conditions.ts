import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";

export type Rule = Schemas["RetentionRule"];
type Count = Schemas["RetentionCount"];

/** How a condition is typed: one kind of field for each. */
export const CONDITIONS = {
  tags: "texts",
  exceptTags: "texts",
  tagExpression: "text",
  versions: "text",
  untagged: "flag",
  olderThanDays: "days",
  newerThanDays: "days",
  unusedForDays: "days",
  pulledWithinDays: "days",
  label: "label",
  platforms: "texts",
  artifactTypes: "texts",
  kinds: "texts",
  signed: "flag",
  newest: "count",
  exceptNewest: "count",
} as const satisfies Partial<Record<keyof Rule, string>>;

export type Condition = keyof typeof CONDITIONS;
export const CONDITION_NAMES = Object.keys(CONDITIONS) as Condition[];

const COUNT: Count = { count: 10, by: "pushed", per: "repository" };

/** What a condition begins with when it is added. */
export function firstValue(condition: Condition): Rule[Condition] {
  switch (CONDITIONS[condition]) {
    case "texts":
      return [];
    case "text":
      return "";
    case "flag":
      return true;
    case "days":
      return 30;
    case "label":
      return { name: "" };
    case "count":
      return COUNT;
  }
}

export function conditionsOf(rule: Rule): Condition[] {
  return CONDITION_NAMES.filter((name) => rule[name] !== undefined);
}

/** The rule without a condition. */
export function without(rule: Rule, condition: Condition): Rule {
  const { [condition]: _, ...rest } = rule;
  return rest as Rule;
}

function isFilled(rule: Rule, condition: Condition): boolean {
  const value = rule[condition];
  if (Array.isArray(value)) return value.length > 0;
  if (condition === "label") return (rule.label?.name ?? "").trim() !== "";
  return value !== "" && !Number.isNaN(value);
}

/** Whether a server will take it: all that was begun is filled in, and what deletes says what. */
export function isWhole(rule: Rule): boolean {
  const conditions = conditionsOf(rule);
  const isMeant = rule.action === "keep" || conditions.length > 0;
  return isMeant && conditions.every((each) => isFilled(rule, each));
}
