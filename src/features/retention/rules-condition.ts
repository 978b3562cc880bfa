import { RE2JS } from "re2js";
import { DAY } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { parseGlob } from "../../oci/glob.ts";
import type { Conditions } from "./policy.ts";
import type { ManifestFact } from "./rules-facts.ts";
import { parseRange, type SemVer } from "./rules-version.ts";

/** What the rules are asked about: a tag on its image, or an image without one. */
export interface Entry {
  readonly tag: string | null;
  readonly version: SemVer | undefined;
  readonly image: ManifestFact;
  /** Since when it is there: pushed again or tagged anew is new. */
  readonly pushedAt: number;
  /** When somebody pulled it last, or something that it lists. */
  readonly pulledAt: number | null;
  readonly isSigned: boolean;
  /** What it runs on; an index, what those run on that it lists. Undefined while that is not known. */
  readonly platforms: readonly string[] | undefined;
}

/** Undefined is: not known. A rule that keeps takes that for yes, one that deletes for no. */
export type Test = (entry: Entry, now: number) => boolean | undefined;

/** Matching costs at most the product of a program and a tag. */
const MOST_EXPRESSION = 256;
const MOST_PROGRAM = 512;

function invalid(field: string, problem: string): Error {
  return failure("retention.invalid", { field, problem });
}

function parseExpression(text: string): (tag: string) => boolean {
  if (text === "" || text.length > MOST_EXPRESSION) {
    throw invalid("tagExpression", `1 to ${MOST_EXPRESSION} characters`);
  }
  let program: RE2JS;
  try {
    program = RE2JS.compile(text);
  } catch (error) {
    throw invalid("tagExpression", error instanceof Error ? error.message : "cannot be read");
  }
  if (program.programSize() > MOST_PROGRAM) throw invalid("tagExpression", "too large");
  return (tag) => program.matches(tag);
}

/** Newer than `days`: of what is exactly so old, older. */
function isWithin(since: number, days: number, now: number): boolean {
  return now - since < days * DAY;
}

function anyGlob(patterns: readonly string[]): (text: string) => boolean {
  const globs = patterns.map(parseGlob);
  return (text) => globs.some((glob) => glob.test(text));
}

function labelTest({ name, value }: NonNullable<Conditions["label"]>): Test {
  const fits = value === undefined ? () => true : anyGlob([value]);
  return ({ image }) => {
    if (image.labels === undefined) return undefined;
    const found = Object.hasOwn(image.labels, name) ? image.labels[name] : undefined;
    return found !== undefined && fits(found);
  };
}

/** A list keeps when one of its platforms is meant, and is deleted only when all are. */
function platformTest(platforms: readonly string[], action: "keep" | "delete"): Test {
  const meant = (platform: string) =>
    platforms.some((each) => platform === each || platform.startsWith(`${each}/`));
  return (entry) => {
    if (entry.platforms === undefined) return undefined;
    if (entry.platforms.length === 0) return false;
    return action === "keep" ? entry.platforms.some(meant) : entry.platforms.every(meant);
  };
}

/**
 * The tests of a rule, but those that count; all must pass. Throws `retention.invalid` or
 * `glob.invalid`.
 */
export function compileTests(rule: Conditions & { readonly action: "keep" | "delete" }): Test[] {
  const tests: Test[] = [];
  const tagged = (test: (tag: string) => boolean) =>
    tests.push(({ tag }) => tag !== null && test(tag));
  if (rule.tags !== undefined) tagged(anyGlob(rule.tags));
  if (rule.exceptTags !== undefined) {
    const excepted = anyGlob(rule.exceptTags);
    tests.push(({ tag }) => tag === null || !excepted(tag));
  }
  if (rule.tagExpression !== undefined) tagged(parseExpression(rule.tagExpression));
  if (rule.versions !== undefined) {
    const range = parseRange(rule.versions);
    tests.push(({ version }) => version !== undefined && range.test(version));
  }
  const { untagged, olderThanDays, newerThanDays, unusedForDays, pulledWithinDays, signed } = rule;
  if (untagged !== undefined) tests.push(({ tag }) => (tag === null) === untagged);
  if (olderThanDays !== undefined) {
    tests.push(({ pushedAt }, now) => !isWithin(pushedAt, olderThanDays, now));
  }
  if (newerThanDays !== undefined) {
    tests.push(({ pushedAt }, now) => isWithin(pushedAt, newerThanDays, now));
  }
  if (unusedForDays !== undefined) {
    tests.push((entry, now) => !isWithin(usedAt(entry), unusedForDays, now));
  }
  if (pulledWithinDays !== undefined) {
    tests.push(
      ({ pulledAt }, now) => pulledAt !== null && isWithin(pulledAt, pulledWithinDays, now),
    );
  }
  if (signed !== undefined) tests.push(({ isSigned }) => isSigned === signed);
  const { artifactTypes, kinds, label, platforms } = rule;
  if (artifactTypes !== undefined) {
    const fits = anyGlob(artifactTypes);
    tests.push(({ image }) => image.artifactType !== null && fits(image.artifactType));
  }
  if (kinds !== undefined) tests.push(({ image }) => kinds.includes(image.kind));
  if (label !== undefined) tests.push(labelTest(label));
  if (platforms !== undefined) tests.push(platformTest(platforms, rule.action));
  return tests;
}

/** When somebody last had to do with it. */
export function usedAt({ pushedAt, pulledAt }: Entry): number {
  return Math.max(pushedAt, pulledAt ?? 0);
}
