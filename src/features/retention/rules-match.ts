import { compileGlob } from "../../oci/glob.ts";
import type { AppliedRule, Count } from "./policy.ts";
import { compileTests, type Entry, type Test, usedAt } from "./rules-condition.ts";
import { compareVersions } from "./rules-version.ts";

/** What the rules say of an entry: the first of each kind that names it, by its place. */
export interface Verdict {
  readonly keep: number | null;
  readonly delete: number | null;
}

interface Matcher {
  readonly place: number;
  readonly action: "keep" | "delete";
  readonly tests: readonly Test[];
  readonly newest: Count | undefined;
  readonly exceptNewest: Count | undefined;
}

/** The rules that count in a repository. */
function matchersFor(repository: string, rules: readonly AppliedRule[]): Matcher[] {
  return rules.flatMap(({ rule, repositories }, place) => {
    if (!repositories.some((each) => compileGlob(each).test(repository))) return [];
    const { action, newest, exceptNewest } = rule;
    return [{ place, action, tests: compileTests(rule), newest, exceptNewest }];
  });
}

function fits(tests: readonly Test[], entry: Entry, now: number): boolean | undefined {
  let isKnown = true;
  for (const test of tests) {
    const passed = test(entry, now);
    if (passed === false) return false;
    if (passed === undefined) isKnown = false;
  }
  return isKnown ? true : undefined;
}

function groupOf({ version }: Entry, { by, per }: Count): string | undefined {
  if (per === "repository") return by === "version" && version === undefined ? undefined : "";
  if (version === undefined) return undefined;
  return per === "major" ? `${version.major}` : `${version.major}.${version.minor}`;
}

function byOrder({ by }: Count): (a: Entry, b: Entry) => number {
  const order = (a: Entry, b: Entry) => {
    if (by === "used") return usedAt(b) - usedAt(a);
    if (by === "pushed" || a.version === undefined || b.version === undefined) return 0;
    return compareVersions(a.version, b.version);
  };
  const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return (a, b) =>
    order(a, b) ||
    b.pushedAt - a.pushedAt ||
    text(a.image.digest, b.image.digest) ||
    text(a.tag ?? "", b.tag ?? "");
}

/** Splits what fits into the most recent images and the rest; what has no place is in neither. */
function ranked(entries: readonly Entry[], count: Count): { newest: Entry[]; rest: Entry[] } {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groupOf(entry, count);
    if (group === undefined) continue;
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [entry]);
    else members.push(entry);
  }
  const newest: Entry[] = [];
  const rest: Entry[] = [];
  for (const members of groups.values()) {
    const images = new Set<string>();
    for (const entry of members.sort(byOrder(count))) {
      const { digest } = entry.image;
      if (images.has(digest) || images.size < count.count) {
        images.add(digest);
        newest.push(entry);
      } else rest.push(entry);
    }
  }
  return { newest, rest };
}

function* matched(matcher: Matcher, entries: readonly Entry[], now: number): Generator<Entry> {
  const { tests, action, newest, exceptNewest } = matcher;
  let sure: Entry[] = [];
  for (const entry of entries) {
    const fit = fits(tests, entry, now);
    if (fit === true) sure.push(entry);
    // It takes nobody's place among the most recent, and is kept beside them.
    else if (fit === undefined && action === "keep") yield entry;
  }
  if (newest !== undefined) sure = ranked(sure, newest).newest;
  if (exceptNewest !== undefined) sure = ranked(sure, exceptNewest).rest;
  yield* sure;
}

/** Asks every rule about every entry: as many steps as there are pairs, and one sort for each count. */
export function verdictsOf(
  repository: string,
  rules: readonly AppliedRule[],
  entries: readonly Entry[],
  now: number,
): ReadonlyMap<Entry, Verdict> {
  const verdicts = new Map<Entry, { keep: number | null; delete: number | null }>();
  for (const matcher of matchersFor(repository, rules)) {
    for (const entry of matched(matcher, entries, now)) {
      const verdict = verdicts.get(entry);
      if (verdict === undefined) {
        const none = { keep: null, delete: null };
        verdicts.set(entry, { ...none, [matcher.action]: matcher.place });
      } else verdict[matcher.action] ??= matcher.place;
    }
  }
  return verdicts;
}
