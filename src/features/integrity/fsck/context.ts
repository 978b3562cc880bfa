import type { Clock } from "../../../kernel/clock.ts";
import type { Survey } from "../../../platform/blobs/survey.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { Witness } from "../../audit/entry.ts";
import type { FsckCounts, FsckFinding } from "./finding.ts";
import type { fsckReads } from "./store-read.ts";

/** What a repair needs: the database to write to, and who it is written down as. */
export interface Repairing {
  readonly db: Database;
  witness(): Witness;
  /** How long a blob that nothing links is kept (`reclaim.grace`). */
  readonly grace: number;
}

export interface FsckParts {
  readonly db: Pick<Database, "read">;
  readonly survey: Survey;
  readonly clock: Clock;
  /** Undefined: look and change nothing. */
  readonly repairing: Repairing | undefined;
  /** Whether every byte is read and hashed. */
  readonly hash: boolean;
  /** Told of each finding as it is made. */
  readonly onFinding: (finding: FsckFinding) => void;
}

/** The parts and what they all count. */
export interface FsckContext extends FsckParts {
  readonly reads: ReturnType<typeof fsckReads>;
  readonly counts: { -readonly [K in keyof FsckCounts]: number };
  report(
    finding: Omit<FsckFinding, "isRepaired" | "repository" | "detail"> & Partial<FsckFinding>,
  ): void;
}
