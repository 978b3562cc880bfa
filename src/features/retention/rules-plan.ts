import type { AppliedRule } from "./policy.ts";
import type { Entry } from "./rules-condition.ts";
import {
  type Holds,
  holdsOf,
  isSignatureTag,
  type ManifestFact,
  protectedOf,
  type RepositoryFacts,
  type TagFact,
} from "./rules-facts.ts";
import { followersOf } from "./rules-follow.ts";
import { type Verdict, verdictsOf } from "./rules-match.ts";
import { versionOf } from "./rules-version.ts";

/** Why something goes or stays. `held`: an index, a subject or a circle still holds it. */
export type Cause = "rule" | "none" | "in-use" | "immutable" | "follows" | "held";

/** What a run does to a tag or a manifest, and why. */
export interface Decision {
  readonly kind: "tag" | "manifest";
  readonly tag: string | null;
  readonly digest: string;
  /** `spared`: a rule would have deleted it, and something stronger keeps it. */
  readonly outcome: "going" | "spared" | "kept";
  readonly cause: Cause;
  /** The rule that decided. */
  readonly rule: number | null;
  /** The rule that would have deleted what is spared. */
  readonly against: number | null;
  /** The manifest in whose company it goes or stays. */
  readonly becauseOf: string | null;
  readonly changedAt: number;
  readonly pushedAt: number;
  readonly pulledAt: number | null;
  /** In which order: holders go before what they hold. -1 for a tag that goes with its image. */
  readonly level: number;
}

/** The level of a tag that goes in the transaction of its image. */
export const WITH_IMAGE = -1;

interface Judged {
  readonly entry: Entry;
  readonly tag: TagFact | null;
  readonly outcome: Decision["outcome"];
  readonly cause: Cause;
  readonly rule: number | null;
  readonly against: number | null;
}

const SIGNATURES = /^application\/vnd\.dev\.sigstore\.bundle\b/;

function isSignature({ kind, artifactType }: ManifestFact): boolean {
  return kind === "signature" || (artifactType !== null && SIGNATURES.test(artifactType));
}

function signedImages({ manifests, tags }: RepositoryFacts, { companions }: Holds): Set<string> {
  const signed = new Set<string>();
  for (const manifest of manifests.values()) {
    if (manifest.subject !== null && isSignature(manifest)) signed.add(manifest.subject);
  }
  for (const { name } of tags) {
    const subject = companions.get(name);
    if (subject !== undefined && isSignatureTag(name)) signed.add(subject);
  }
  return signed;
}

/** The platforms of an image, or of what an index lists and is here. */
function platformsOf(
  image: ManifestFact,
  manifests: RepositoryFacts["manifests"],
): readonly string[] | undefined {
  const own = [image, ...image.children.flatMap((digest) => manifests.get(digest) ?? [])];
  if (own.some(({ platform }) => platform === undefined)) return undefined;
  return [...new Set(own.flatMap(({ platform }) => platform ?? []))];
}

/** The later of an image's own last pull and those of what it lists. */
function pulledAtOf(image: ManifestFact, manifests: RepositoryFacts["manifests"]): number | null {
  let last = image.pulledAt;
  for (const child of image.children) {
    const pulledAt = manifests.get(child)?.pulledAt ?? null;
    if (pulledAt !== null && (last === null || pulledAt > last)) last = pulledAt;
  }
  return last;
}

function entriesOf(facts: RepositoryFacts, holds: Holds): { entry: Entry; tag: TagFact | null }[] {
  const { manifests, tags } = facts;
  const signed = signedImages(facts, holds);
  const entries: { entry: Entry; tag: TagFact | null }[] = [];
  const tagged = new Set<string>();
  const add = (image: ManifestFact, tag: TagFact | null) => {
    const entry = {
      tag: tag?.name ?? null,
      version: tag === null ? undefined : versionOf(tag.name),
      image,
      pushedAt: Math.max(image.pushedAt, tag?.movedAt ?? 0),
      pulledAt: pulledAtOf(image, manifests),
      isSigned: signed.has(image.digest),
      platforms: platformsOf(image, manifests),
    };
    entries.push({ entry, tag });
  };
  for (const tag of tags) {
    tagged.add(tag.digest);
    const image = manifests.get(tag.digest);
    // A tag on nothing is damage, which is for others to look after (A22).
    if (image !== undefined && !holds.companions.has(tag.name)) add(image, tag);
  }
  for (const image of manifests.values()) {
    if (!tagged.has(image.digest) && !holds.up.has(image.digest)) add(image, null);
  }
  return entries;
}

function judge(
  { entry, tag }: { entry: Entry; tag: TagFact | null },
  verdict: Verdict | undefined,
  safe: ReadonlySet<string>,
): Judged {
  const { keep = null, delete: against = null } = verdict ?? {};
  const stays = { entry, tag, outcome: against === null ? "kept" : "spared", against } as const;
  if (keep !== null) return { ...stays, cause: "rule", rule: keep };
  if (against === null) return { ...stays, cause: "none", rule: null };
  if (safe.has(entry.image.digest)) return { ...stays, cause: "in-use", rule: null };
  if (tag?.isImmutable === true) return { ...stays, cause: "immutable", rule: null };
  return { entry, tag, outcome: "going", cause: "rule", rule: against, against: null };
}

/**
 * What a run does in one repository: the same for a preview and for the run itself, and the same
 * whenever facts, rules and time are the same. What keeps beats what deletes; what no rule names
 * stays; children, referrers and companions go when all that holds them goes, and stay with what stays.
 */
export function planRepository(
  facts: RepositoryFacts,
  rules: readonly AppliedRule[],
  now: number,
): Decision[] {
  const holds = holdsOf(facts);
  const safe = protectedOf(facts);
  const entries = entriesOf(facts, holds);
  const verdicts = verdictsOf(
    facts.name,
    rules,
    entries.map(({ entry }) => entry),
    now,
  );
  const judged = entries.map((each) => judge(each, verdicts.get(each.entry), safe));
  const going = followersOf({
    facts,
    holds,
    safe,
    staying: new Set(
      judged.flatMap((each) => (each.outcome === "going" ? [] : each.entry.image.digest)),
    ),
    roots: new Set(
      judged.flatMap((each) => (each.outcome === "going" ? each.entry.image.digest : [])),
    ),
  });
  return decisionsOf(facts, holds, judged, going);
}

function decisionsOf(
  { manifests, tags }: RepositoryFacts,
  { companions }: Holds,
  judged: readonly Judged[],
  going: ReadonlyMap<string, { readonly level: number; readonly because: string | null }>,
): Decision[] {
  const decisions: Decision[] = [];
  const roots = new Map<string, number | null>();
  for (const { entry, tag, outcome, cause, rule, against } of judged) {
    const { digest, pushedAt: imagePushedAt } = entry.image;
    if (outcome === "going" && !roots.has(digest)) roots.set(digest, rule);
    const goes = going.get(digest);
    const common = { digest, becauseOf: null, pushedAt: entry.pushedAt, pulledAt: entry.pulledAt };
    if (tag !== null) {
      const level = outcome === "going" && goes !== undefined ? WITH_IMAGE : 0;
      const changedAt = tag.movedAt;
      const why = { outcome, cause, rule, against, level, changedAt };
      decisions.push({ kind: "tag", tag: tag.name, ...common, ...why });
    } else if (outcome !== "going" || goes === undefined) {
      // Named by a rule, and held by a circle all the same.
      const why =
        outcome === "going"
          ? ({ outcome: "spared", cause: "held", rule: null, against: rule } as const)
          : { outcome, cause, rule, against };
      decisions.push({
        kind: "manifest",
        tag: null,
        ...common,
        ...why,
        level: 0,
        changedAt: imagePushedAt,
      });
    }
  }
  for (const { name, digest, movedAt } of tags) {
    const subject = companions.get(name);
    const image = manifests.get(digest);
    if (subject === undefined || image === undefined) continue;
    const gone = going.get(subject);
    const isGoing = gone !== undefined;
    // Alone, it goes once its image has gone.
    const level = !isGoing ? 0 : going.has(digest) ? WITH_IMAGE : gone.level + 1;
    const times = { changedAt: movedAt, pushedAt: movedAt, pulledAt: image.pulledAt };
    const why = {
      outcome: isGoing ? "going" : "kept",
      cause: "follows",
      rule: null,
      against: null,
    } as const;
    decisions.push({ kind: "tag", tag: name, digest, becauseOf: subject, ...why, ...times, level });
  }
  for (const [digest, { level, because }] of going) {
    const image = manifests.get(digest);
    if (image === undefined) continue;
    const rule = roots.get(digest) ?? null;
    const isRoot = roots.has(digest);
    decisions.push({
      kind: "manifest",
      tag: null,
      digest,
      outcome: "going",
      cause: isRoot ? "rule" : "follows",
      rule,
      against: null,
      becauseOf: isRoot ? null : because,
      changedAt: image.pushedAt,
      pushedAt: image.pushedAt,
      pulledAt: image.pulledAt,
      level,
    });
  }
  return decisions;
}
