import type { ArtifactKind } from "../../oci/artifact-kind.ts";
import { parseDigest } from "../../oci/digest.ts";
import { fallbackTag } from "../../oci/referrers.ts";

/** What is known of a manifest when a policy is evaluated. Unknown is `undefined`. */
export interface ManifestFact {
  readonly digest: string;
  readonly artifactType: string | null;
  readonly kind: ArtifactKind;
  readonly subject: string | null;
  readonly pushedAt: number;
  readonly pulledAt: number | null;
  /** Manifests that it lists. */
  readonly children: readonly string[];
  /** Labels and annotations that some rule asks for; undefined while not analysed. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** Its own platform; null for what has none, undefined while not analysed. */
  readonly platform: string | null | undefined;
}

export interface TagFact {
  readonly name: string;
  readonly digest: string;
  readonly movedAt: number;
  /** Whether some rule forbids to take it away. */
  readonly isImmutable: boolean;
}

/** A repository as it was at one time. */
export interface RepositoryFacts {
  /** What follows `project/` in its name. */
  readonly name: string;
  readonly manifests: ReadonlyMap<string, ManifestFact>;
  readonly tags: readonly TagFact[];
  /** Manifests that run somewhere. */
  readonly inUse: ReadonlySet<string>;
}

/** Tags that older clients make beside an image, for its signature, attestation or SBOM. */
const COMPANION = /^(sha(?:256|512)-[0-9a-f]{64})(?:\.([a-z0-9]{1,16}))?$/;

/** The images that tags belong to by their names. */
function companionsOf({ manifests, tags }: RepositoryFacts): Map<string, string> {
  const companions = new Map<string, string>();
  const named = tags.filter(({ name }) => COMPANION.test(name));
  if (named.length === 0) return companions;
  const subjects = new Map<string, string>();
  for (const digest of manifests.keys()) subjects.set(fallbackTag(parseDigest(digest)), digest);
  for (const { name, digest } of named) {
    const subject = subjects.get(COMPANION.exec(name)?.[1] ?? "");
    if (subject !== undefined && subject !== digest) companions.set(name, subject);
  }
  return companions;
}

/** Whether a tag is one that a signature lies under. */
export function isSignatureTag(tag: string): boolean {
  return COMPANION.exec(tag)?.[2] === "sig";
}

/** Who holds whom in a repository, beside tags: a holder that stays keeps what it holds. */
export interface Holds {
  readonly down: ReadonlyMap<string, readonly string[]>;
  readonly up: ReadonlyMap<string, readonly string[]>;
  /** Tags that follow an image that is there; they are no tags to the rules. */
  readonly companions: ReadonlyMap<string, string>;
}

/** Indexes hold what they list, subjects what refers to them, images the companions of their name. */
export function holdsOf(facts: RepositoryFacts): Holds {
  const { manifests, tags } = facts;
  const down = new Map<string, string[]>();
  const up = new Map<string, string[]>();
  const companions = companionsOf(facts);
  const hold = (holder: string, held: string) => {
    if (holder === held || !manifests.has(holder) || !manifests.has(held)) return;
    const below = down.get(holder);
    if (below === undefined) down.set(holder, [held]);
    else below.push(held);
    const above = up.get(held);
    if (above === undefined) up.set(held, [holder]);
    else above.push(holder);
  };
  for (const { digest, children, subject } of manifests.values()) {
    for (const child of children) hold(digest, child);
    if (subject !== null) hold(subject, digest);
  }
  for (const { name, digest } of tags) {
    const subject = companions.get(name);
    if (subject !== undefined) hold(subject, digest);
  }
  return { down, up, companions };
}

/** What runs, and every index above it: none of them may go. */
export function protectedOf({ manifests, inUse }: RepositoryFacts): ReadonlySet<string> {
  const parents = new Map<string, string[]>();
  for (const { digest, children } of manifests.values()) {
    for (const child of children) {
      const above = parents.get(child);
      if (above === undefined) parents.set(child, [digest]);
      else above.push(digest);
    }
  }
  const safe = new Set<string>();
  const waiting = [...inUse].filter((digest) => manifests.has(digest));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (safe.has(next)) continue;
    safe.add(next);
    waiting.push(...(parents.get(next) ?? []));
  }
  return safe;
}
