import type { ArtifactKind } from "../../oci/artifact-kind.ts";

/** Which of the images that fit are meant, by how recent they are. Tags of one image count once. */
export interface Count {
  readonly count: number;
  /** `pushed`: pushed or tagged; `used`: pulled, pushed or tagged; `version`: by semantic version. */
  readonly by: "pushed" | "used" | "version";
  /** Counted in each repository, or in each major or minor version of it. */
  readonly per: "repository" | "major" | "minor";
}

/** Everything that is given must fit; lists fit when one of their entries does. */
export interface Conditions {
  /** Globs over tags. */
  readonly tags?: readonly string[];
  /** Globs over tags that are not meant. */
  readonly exceptTags?: readonly string[];
  /** A regular expression (RE2) that a tag fits as a whole. */
  readonly tagExpression?: string;
  /** A range of semantic versions. */
  readonly versions?: string;
  /** Images without a tag. */
  readonly untagged?: boolean;
  /** Days since the push, or since the tag was moved there. */
  readonly olderThanDays?: number;
  readonly newerThanDays?: number;
  /** Days since the last pull, or since the push where nobody pulled since. */
  readonly unusedForDays?: number;
  readonly pulledWithinDays?: number;
  /** A label of the image or an annotation of its manifest; without `value` that it is there. */
  readonly label?: { readonly name: string; readonly value?: string };
  /** `os/architecture` or `os/architecture/variant`. */
  readonly platforms?: readonly string[];
  /** Globs over artifact types. */
  readonly artifactTypes?: readonly string[];
  readonly kinds?: readonly ArtifactKind[];
  /** Whether a signature is stored with it; not whether that is a good one. */
  readonly signed?: boolean;
  /** Only the most recent of those that fit. */
  readonly newest?: Count;
  /** All that fit but the most recent. */
  readonly exceptNewest?: Count;
}

export interface RetentionRule extends Conditions {
  readonly action: "keep" | "delete";
  /** What it is for. */
  readonly note?: string;
}

/** What a policy says, apart from its name. */
export interface PolicyTerms {
  /** Globs over what follows `project/` in a repository's name. */
  readonly repositories: readonly string[];
  readonly rules: readonly RetentionRule[];
}

/** When a policy runs by itself. */
export interface PolicySchedule {
  readonly cron: string;
  readonly timeZone: string;
}

export interface RetentionPolicy extends PolicyTerms {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string | null;
  readonly schedule: PolicySchedule | null;
  /** When the schedule's next run is due. */
  readonly nextRunAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Counts changes: the entity tag. */
  readonly version: number;
}

export interface PolicyInput extends PolicyTerms {
  readonly name: string;
  readonly description?: string | null;
  readonly schedule?: PolicySchedule | null;
}

/** All that an update can change (A30); what is left out stays. */
export type PolicyChange = Partial<PolicyInput>;

/** A rule as a run applies it: with the repositories that its policy is for. */
export interface AppliedRule {
  /** The policy that it is from; the run's own rules come first. */
  readonly policy: string;
  readonly isOwn: boolean;
  readonly repositories: readonly string[];
  readonly rule: RetentionRule;
}

/** What a run goes by: fixed when it is asked for. */
export interface RunDocument {
  readonly repositories: readonly string[];
  readonly rules: readonly AppliedRule[];
}
