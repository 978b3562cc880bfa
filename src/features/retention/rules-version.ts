import semver, { type Range, type SemVer } from "semver";
import { failure } from "../../kernel/errors/catalogue.ts";

/** Longer ranges are refused: what a range costs grows with its alternatives. */
const MOST_RANGE = 256;
const MOST_ALTERNATIVES = 16;

export type { Range, SemVer };

/**
 * The semantic version that a tag names, with or without a `v`; undefined for none. A `_` stands
 * for the `+` that a tag cannot have.
 */
export function versionOf(tag: string): SemVer | undefined {
  return semver.parse(tag.replace("_", "+")) ?? undefined;
}

/** Reads a range such as `>=1.2 <2` or `1.x || ~2.3`. Throws `retention.invalid`. */
export function parseRange(text: string): Range {
  const isBounded = text.length <= MOST_RANGE && text.split("||").length <= MOST_ALTERNATIVES;
  const range = isBounded && text.trim() !== "" ? readRange(text) : undefined;
  if (range === undefined) {
    throw failure("retention.invalid", { field: "versions", problem: "not a range of versions" });
  }
  return range;
}

function readRange(text: string): Range | undefined {
  try {
    // A release candidate of 1.3.0 is older than 1.3.0 and younger than 1.2.9: it lies between.
    return new semver.Range(text, { includePrerelease: true });
  } catch {
    return undefined;
  }
}

/** The newer version first. */
export function compareVersions(a: SemVer, b: SemVer): number {
  return semver.rcompare(a, b);
}
