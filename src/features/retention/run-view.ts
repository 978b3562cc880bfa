import type {
  RetentionItemKind,
  RetentionOutcome,
  RetentionRunKind,
} from "../../platform/database/schema/retention.ts";
import type { JobState } from "../../platform/database/schema/system.ts";
import type { RunDocument } from "./policy.ts";

/** A run or a preview, and what came of it. */
export interface RunView {
  readonly id: string;
  readonly kind: RetentionRunKind;
  readonly policyId: string | null;
  readonly policyName: string;
  readonly document: RunDocument;
  readonly state: JobState;
  readonly error: string | null;
  readonly progress: { readonly done: number; readonly total: number | null } | null;
  /** Null for the schedule. */
  readonly startedBy: { readonly id: string; readonly name: string; readonly kind: string } | null;
  readonly jobId: string;
  readonly createdAt: number;
  /** The time that ages were counted from. */
  readonly plannedAt: number | null;
  readonly finishedAt: number | null;
  readonly expiresAt: number;
  readonly repositories: number;
  readonly tags: { readonly kept: number; readonly going: number; readonly gone: number };
  readonly manifests: { readonly going: number; readonly gone: number };
  readonly left: number;
  readonly bytes: number;
}

/** A tag or a manifest of a run. */
export interface RunItem {
  readonly seq: number;
  readonly kind: RetentionItemKind;
  /** The full name. */
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string;
  readonly outcome: RetentionOutcome;
  readonly cause: string;
  readonly rule: number | null;
  readonly against: number | null;
  readonly becauseOf: string | null;
  readonly pushedAt: number;
  readonly pulledAt: number | null;
}
