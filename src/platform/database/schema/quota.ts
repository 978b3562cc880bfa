import type { Generated } from "kysely";

/** Which tags can no longer be moved or removed. */
export interface ImmutabilityRulesTable {
  id: string;
  project_id: string;
  name: string;
  /** A glob over the repository's path inside the project. */
  repositories: string;
  /** A glob over tags. */
  tags: string;
  /** JSON list of globs over tags. */
  except_tags: string;
  created_at: number;
  version: number;
}

/** Limits of a project that has some, or had them once. Null is none. */
export interface QuotasTable {
  project_id: string;
  bytes: number | null;
  bytes_warn: number | null;
  repositories: number | null;
  repositories_warn: number | null;
  /** Of each repository. */
  tags: number | null;
  tags_warn: number | null;
  /** Since when a level to warn at is reached, or null. */
  warned_at: number | null;
  /** When the counters were last held against the rows. */
  checked_at: number | null;
  /** By how many bytes they were wrong then. */
  difference: number | null;
  /** JSON: what took the space when that was last looked at. */
  report: Generated<string | null>;
  reported_at: Generated<number | null>;
  /** How many milliseconds it took to look. */
  report_took: Generated<number | null>;
  version: number;
}

/** How many repositories of a project link a blob: its bytes count once. */
export interface QuotaBlobsTable {
  project_id: string;
  digest: string;
  links: number;
  size: number;
}

/** What a project uses, in pieces that pushes can change side by side. */
export interface QuotaUsageTable {
  project_id: string;
  shard: number;
  /** The sum over the pieces counts: one alone can be below zero. */
  bytes: number;
  /** How far this piece may grow by itself; null while the project has no limit. */
  granted: Generated<number | null>;
}
