import { failure } from "../../kernel/errors/catalogue.ts";
import { parseGlob } from "../../oci/glob.ts";
import type { Conditions, PolicyInput, PolicyTerms, RetentionRule } from "./policy.ts";
import { compileTests } from "./rules-condition.ts";

export const MOST_RULES = 50;
export const MOST_PATTERNS = 50;
const MOST_NAME = 64;
const MOST_TEXT = 256;
const MOST_DAYS = 36_500;
const MOST_COUNT = 1_000_000;

function invalid(field: string, problem: string): Error {
  return failure("retention.invalid", { field, problem });
}

/** A text that people read on one line: no control signs. */
function checkText(field: string, text: string, most: number): string {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > most || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(trimmed)) {
    throw invalid(field, `1 to ${most} characters on one line`);
  }
  return trimmed;
}

function checkList(field: string, list: readonly string[] | undefined): void {
  if (list === undefined) return;
  if (list.length === 0 || list.length > MOST_PATTERNS) {
    throw invalid(field, `1 to ${MOST_PATTERNS} entries`);
  }
}

function checkDays(field: string, days: number | undefined): void {
  if (days === undefined) return;
  if (!Number.isFinite(days) || days < 0 || days > MOST_DAYS) {
    throw invalid(field, `0 to ${MOST_DAYS} days`);
  }
}

const LISTS = ["tags", "exceptTags", "platforms", "artifactTypes", "kinds"] as const;
const DAYS = ["olderThanDays", "newerThanDays", "unusedForDays", "pulledWithinDays"] as const;
const COUNTS = ["newest", "exceptNewest"] as const;

/** Those of a rule's conditions that are given. */
export function conditionsOf({ action, note, ...conditions }: RetentionRule): Conditions {
  return Object.fromEntries(
    Object.entries(conditions).filter(([, value]) => value !== undefined),
  ) as Conditions;
}

function checkRule(rule: RetentionRule, at: string): void {
  if (rule.note !== undefined) checkText(`${at}.note`, rule.note, MOST_TEXT);
  for (const field of LISTS) checkList(`${at}.${field}`, rule[field]);
  for (const field of DAYS) checkDays(`${at}.${field}`, rule[field]);
  for (const field of COUNTS) {
    const count = rule[field]?.count;
    if (count === undefined) continue;
    const least = field === "newest" ? 1 : 0;
    if (!Number.isSafeInteger(count) || count < least || count > MOST_COUNT) {
      throw invalid(`${at}.${field}.count`, `${least} to ${MOST_COUNT}`);
    }
  }
  if (rule.newest !== undefined && rule.exceptNewest !== undefined) {
    throw invalid(`${at}.exceptNewest`, "not together with newest");
  }
  if (rule.label !== undefined) checkText(`${at}.label.name`, rule.label.name, MOST_TEXT);
  for (const platform of rule.platforms ?? []) {
    if (!/^[a-z0-9._-]{1,32}\/[a-z0-9._-]{1,32}(?:\/[a-z0-9._-]{1,32})?$/.test(platform)) {
      throw invalid(`${at}.platforms`, "os/architecture or os/architecture/variant");
    }
  }
  if (rule.action === "delete" && Object.keys(conditionsOf(rule)).length === 0) {
    throw invalid(at, "a rule that deletes needs a condition");
  }
  // Reads patterns, ranges and expressions.
  compileTests(rule);
}

/** Checks what a policy says. Throws `retention.invalid` or `glob.invalid`. */
export function checkTerms({ repositories, rules }: PolicyTerms): PolicyTerms {
  checkList("repositories", repositories);
  for (const pattern of repositories) parseGlob(pattern);
  if (rules.length === 0 || rules.length > MOST_RULES) {
    throw invalid("rules", `1 to ${MOST_RULES} rules`);
  }
  for (const [index, rule] of rules.entries()) checkRule(rule, `rules[${index}]`);
  return { repositories, rules };
}

/** The same with the name and the description. */
export function checkPolicy(
  input: PolicyInput,
): PolicyInput & { readonly description: string | null } {
  const description = input.description?.trim() ?? "";
  return {
    ...input,
    ...checkTerms(input),
    name: checkText("name", input.name, MOST_NAME),
    description: description === "" ? null : checkText("description", description, MOST_TEXT),
  };
}

/** Labels that some rule asks for; empty when none does. */
export function wantedLabels(rules: readonly RetentionRule[]): ReadonlySet<string> {
  return new Set(rules.flatMap(({ label }) => label?.name ?? []));
}
