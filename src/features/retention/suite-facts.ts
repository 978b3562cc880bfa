import type { AppliedRule, RetentionRule } from "./policy.ts";
import type { ManifestFact, RepositoryFacts, TagFact } from "./rules-facts.ts";

export const NOW = 1_000_000_000_000;
export const DAY = 86_400_000;

/** The digest of the manifest with that number. */
export function digest(of: number): string {
  return `sha256:${of.toString(16).padStart(64, "0")}`;
}

export function manifest(of: number, more: Partial<ManifestFact> = {}): ManifestFact {
  return {
    digest: digest(of),
    artifactType: "application/vnd.oci.image.config.v1+json",
    kind: "image",
    subject: null,
    pushedAt: NOW - 10 * DAY,
    pulledAt: null,
    children: [],
    labels: {},
    platform: "linux/amd64",
    ...more,
  };
}

export function tag(name: string, of: number, more: Partial<TagFact> = {}): TagFact {
  return { name, digest: digest(of), movedAt: NOW - 10 * DAY, isImmutable: false, ...more };
}

export function facts(
  manifests: readonly ManifestFact[],
  tags: readonly TagFact[],
  inUse: readonly number[] = [],
): RepositoryFacts {
  return {
    name: "app",
    manifests: new Map(manifests.map((each) => [each.digest, each])),
    tags,
    inUse: new Set(inUse.map(digest)),
  };
}

/** Rules of one policy for every repository. */
export function applied(...rules: RetentionRule[]): AppliedRule[] {
  return rules.map((rule) => ({ policy: "test", isOwn: true, repositories: ["**"], rule }));
}
