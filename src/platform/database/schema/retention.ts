/** What of a project's content is kept, and for how long. */
export interface RetentionPoliciesTable {
  id: string;
  project_id: string;
  name: string;
  description: string | null;
  /** JSON list of globs over what follows `project/` in a repository's name. */
  repositories: string;
  /** JSON list of rules, in their order. */
  rules: string;
  /** When it runs by itself; null for only when somebody says so. */
  cron: string | null;
  time_zone: string | null;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
  version: number;
}

export type RetentionRunKind = "preview" | "run";

/** One evaluation of a policy, and what came of it. */
export interface RetentionRunsTable {
  id: string;
  project_id: string;
  /** Null for a policy that was not saved. */
  policy_id: string | null;
  policy_name: string;
  kind: RetentionRunKind;
  /** JSON: the rules as they were then, those of other policies that keep among them. */
  document: string;
  /** Whoever asked for it; null for the schedule. */
  started_by: string | null;
  /** The job that does it. */
  job_id: string;
  created_at: number;
  /** The time that ages are counted from; null until all was looked at. */
  planned_at: number | null;
  finished_at: number | null;
  /** When the report goes. */
  expires_at: number;
  repositories: number;
  tags_kept: number;
  tags_going: number;
  manifests_going: number;
  tags_gone: number;
  manifests_gone: number;
  /** Tags and manifests that something had happened to meanwhile. */
  items_left: number;
  /** Bytes of blobs that nothing else holds. */
  bytes: number;
}

export type RetentionOutcome = "going" | "gone" | "left" | "spared" | "kept";
export type RetentionItemKind = "tag" | "manifest";

/** A tag or a manifest in a run. */
export interface RetentionItemsTable {
  run_id: string;
  seq: number;
  kind: RetentionItemKind;
  repository_id: string;
  /** The full name, as it was. */
  repository: string;
  digest: string;
  tag: string | null;
  outcome: RetentionOutcome;
  /** What decided: `rule`, `none`, `in-use`, `immutable`, `follows`, `held`, …; an error code for what was left. */
  cause: string;
  /** Place of the deciding rule in the run's document. */
  rule: number | null;
  /** Place of the rule that would have deleted what is spared. */
  against: number | null;
  /** The manifest or tag in whose company it is kept or goes. */
  because_of: string | null;
  /** Of the manifest when it was pushed, of the tag when it was moved: another time is another thing. */
  changed_at: number;
  pushed_at: number;
  used_at: number | null;
  /** 0 for a tag that goes alone; else holders go before what they hold. */
  level: number;
}

/** Where images are said to be running. */
export interface InUseSourcesTable {
  name: string;
  reported_at: number;
  reported_by: string;
  images: number;
}

export interface InUseDigestsTable {
  source: string;
  digest: string;
  /** The image as it was reported. */
  reference: string;
  seen_at: number;
}

/** Where deletions meet those who report what runs: a deletion locks one row, a report all. */
export interface InUseLanesTable {
  id: number;
}
