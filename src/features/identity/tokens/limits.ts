import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Limit } from "../principal.ts";

const MOST_LIMITS = 20;
const MOST_ACTIONS = 50;
const MOST_PATTERNS = 50;
const LONGEST_PATTERN = 255;
/** Characters of all patterns of a token: comparing two tokens costs the product. */
const LONGEST_TOGETHER = 2_000;
const PATTERN = /^[a-z0-9*?][a-z0-9*?._/-]*$/;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function texts(at: string, value: unknown, limit: number, isGood: (text: string) => boolean) {
  const refuse = (where: string) => failure("identity.limits_invalid", { at: where, limit });
  if (!Array.isArray(value) || value.length === 0 || value.length > limit) throw refuse(at);
  const good = value.map((each: unknown, index) => {
    if (typeof each !== "string" || !isGood(each)) throw refuse(`${at}[${index}]`);
    return each;
  });
  return [...new Set(good)];
}

/**
 * Reads limits that came from outside. `known` are the actions there are. Null stays null: no
 * limit. An empty list is refused, for nobody means "nothing at all" by it. Throws
 * `identity.limits_invalid`, whose `at` names the place.
 */
export function parseLimits(given: unknown, known: ReadonlySet<string>): readonly Limit[] | null {
  if (given === null || given === undefined) return null;
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST_LIMITS) {
    throw failure("identity.limits_invalid", { at: "limits", limit: MOST_LIMITS });
  }
  const isAction = (text: string) => text === "*" || known.has(text);
  const isPattern = (text: string) => text.length <= LONGEST_PATTERN && PATTERN.test(text);
  const limits = given.map((each: unknown, index): Limit => {
    const at = `limits[${index}]`;
    const keys = isRecord(each) ? Object.keys(each) : [];
    if (!isRecord(each) || keys.some((key) => key !== "actions" && key !== "repositories")) {
      throw failure("identity.limits_invalid", { at, limit: MOST_LIMITS });
    }
    return {
      actions: texts(`${at}.actions`, each.actions, MOST_ACTIONS, isAction),
      repositories: texts(`${at}.repositories`, each.repositories, MOST_PATTERNS, isPattern),
    };
  });
  const together = limits.flatMap(({ repositories }) => repositories).join("").length;
  if (together > LONGEST_TOGETHER) {
    throw failure("identity.limits_invalid", { at: "limits[].repositories", limit: MOST_PATTERNS });
  }
  return limits;
}

/** The symbols of a pattern: `**` is one. */
function symbols(pattern: string): string[] {
  return pattern.match(/\*\*+|./gs) ?? [];
}

/** Whether the symbol of the wider pattern takes all that the one of the narrower can stand for. */
function takes(wide: string, narrow: string): boolean {
  if (wide.startsWith("**")) return true;
  if (wide === "*") return !narrow.startsWith("**") && narrow !== "/";
  if (wide === "?") return !narrow.startsWith("*") && narrow !== "/";
  return wide === narrow;
}

/**
 * Whether all that `narrow` matches is matched by `wide` too. Where patterns are too crooked to
 * tell it says no: what it allows is right, what it refuses may be spelt in another way. Its cost
 * is the product of the lengths, whatever they hold (A62).
 */
export function patternCovers(wide: string, narrow: string): boolean {
  const from = symbols(narrow);
  let reached = Array.from({ length: from.length + 1 }, (_, at) => at === 0);
  for (const symbol of symbols(wide)) {
    const next: boolean[] = new Array(from.length + 1).fill(false);
    const isMany = symbol.startsWith("*");
    for (let at = 0; at <= from.length; at++) {
      if (isMany && reached[at]) next[at] = true;
      const before = from[at - 1];
      if (before === undefined || !takes(symbol, before)) continue;
      if (isMany ? next[at - 1] || reached[at - 1] : reached[at - 1]) next[at] = true;
    }
    reached = next;
  }
  return reached[from.length] === true;
}

/** The limits of which some pattern covers the repositories. */
function covering(own: readonly Limit[], repository: string): Limit[] {
  return own.filter(({ repositories }) => repositories.some((p) => patternCovers(p, repository)));
}

/**
 * Refuses limits that allow more than the maker's own (A31). Throws `identity.limits_wider` with
 * the first action and pattern that go beyond.
 */
export function refuseWider(own: readonly Limit[] | null, wanted: readonly Limit[] | null): void {
  if (own === null) return;
  const asked = wanted ?? [{ actions: ["*"], repositories: ["**"] }];
  for (const { actions, repositories } of asked) {
    for (const repository of repositories) {
      const there = covering(own, repository);
      for (const action of actions) {
        if (!there.some((each) => each.actions.includes("*") || each.actions.includes(action))) {
          throw failure("identity.limits_wider", { action, repository });
        }
      }
    }
  }
}
