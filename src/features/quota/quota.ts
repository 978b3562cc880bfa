import type { Doer } from "../audit/entry.ts";
import type { Page, PageAsk } from "../identity/page.ts";

/** Limits of a project; null is none. Sizes are bytes. */
export interface QuotaLimits {
  /** Of everything in the project: a blob that several of its repositories hold counts once. */
  readonly bytes: number | null;
  /** From here on people are warned. */
  readonly bytesWarn: number | null;
  readonly repositories: number | null;
  readonly repositoriesWarn: number | null;
  /** Of each repository. */
  readonly tags: number | null;
  readonly tagsWarn: number | null;
}

export type QuotaLevel = "free" | "warn" | "full";

export interface QuotaUsage {
  readonly bytes: number;
  readonly repositories: number;
  /** Of the repository that has the most. */
  readonly tags: number;
}

/** What takes the space, and what would give it back. */
export interface QuotaReport {
  /** Those that hold the most, with what they share with others. */
  readonly largest: readonly { readonly repository: string; readonly bytes: number }[];
  /** Bytes that only the trash holds. */
  readonly trash: number;
  /** Bytes of uploads that no manifest names; they go by themselves. */
  readonly unnamed: number;
  /** Bytes that only manifests without a tag, index or subject hold. */
  readonly untagged: number;
}

/** A report that was written down, and when. */
export interface KeptReport {
  readonly at: number;
  readonly report: QuotaReport;
}

/** How near a project is to its limit of bytes, or to its level to warn at. */
export interface QuotaPressure {
  readonly used: number;
  readonly limit: number | null;
  readonly warn: number | null;
  readonly level: QuotaLevel;
}

export interface ProjectQuota {
  readonly project: { readonly id: string; readonly name: string };
  readonly limits: QuotaLimits;
  readonly usage: QuotaUsage;
  readonly level: QuotaLevel;
  /** When the counters were last held against what is stored, and by how much they were wrong. */
  readonly checkedAt: number | null;
  readonly difference: number | null;
  readonly version: number;
}

/** A line of the list of projects by usage. */
export interface ProjectUsage {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly limit: number | null;
  readonly warn: number | null;
  readonly level: QuotaLevel;
}

export interface QuotaProject {
  readonly id: string;
  readonly name: string;
}

/** What came of holding a project's counters against what is stored. */
export interface QuotaCheck {
  /** Counted less recounted, in bytes; 0 when they were right. */
  readonly difference: number;
}

/** Limits of projects. Who may do what is decided by the caller; changes are recorded. */
export interface Quotas {
  of(project: QuotaProject): Promise<ProjectQuota>;
  /** Throws `quota.field_invalid`, `quota.warn_above`, `rights.changed`. */
  set(
    by: Doer,
    project: QuotaProject,
    change: Partial<QuotaLimits>,
    version?: number,
  ): Promise<ProjectQuota>;
  /** What takes the space: counted anew when it is asked for. */
  report(project: QuotaProject): Promise<QuotaReport>;
  /**
   * How near a live project is to its limits of bytes, by its name: one look, cheap enough for each
   * push. Undefined where there are none.
   */
  pressure(project: string): Promise<QuotaPressure | undefined>;
  /** The report that was last written down of a live project, by its name: one look. */
  keptReport(project: string): Promise<KeptReport | undefined>;
  /** Live projects, those that use the most first. */
  list(ask: PageAsk): Promise<Page<ProjectUsage>>;
  /** Limits that a project gets when it is made. */
  defaults(): Promise<QuotaLimits>;
  setDefaults(by: Doer, change: Partial<QuotaLimits>): Promise<QuotaLimits>;
  /** How many projects have limits, by whether they were last seen at a level to warn at. */
  levels(): Promise<Record<"free" | "warned", number>>;
  /** Holds the counters of a project against what is stored, and repairs them. */
  check(by: Doer, project: QuotaProject): Promise<QuotaCheck>;
}
