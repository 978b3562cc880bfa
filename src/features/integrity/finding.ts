import type {
  ClosedAs,
  FindingKind,
  FoundObject,
  ScrubPhase,
  ScrubScope,
  ScrubState,
} from "../../platform/database/schema/integrity.ts";
import type { Who } from "../content/views/view.ts";

/** Something wrong with stored content, as people see it. */
export interface Finding {
  readonly id: string;
  readonly object: FoundObject;
  readonly kind: FindingKind;
  readonly digest: string;
  /** Some of the repositories that have it. */
  readonly repositories: readonly string[];
  readonly expectedSize: number;
  readonly seenSize: number | null;
  readonly seenDigest: string | null;
  readonly foundAt: number;
  readonly seenAt: number;
  readonly closedAt: number | null;
  readonly closedAs: ClosedAs | null;
}

/** A scrub, as people see it. */
export interface Scrub {
  readonly id: string;
  readonly scope: ScrubScope;
  readonly repository: string | null;
  readonly digest: string | null;
  readonly state: ScrubState;
  readonly phase: ScrubPhase;
  readonly blobs: number;
  readonly manifests: number;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly damaged: number;
  readonly unreadable: number;
  readonly startedAt: number;
  /** Null for the schedule, or an account that is gone. */
  readonly startedBy: Who | null;
  readonly finishedAt: number | null;
}

/** How many findings are open, by kind. */
export type OpenFindings = Readonly<Record<FindingKind, number>>;
