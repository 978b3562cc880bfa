import type { Clock } from "../../../kernel/clock.ts";
import type { Survey } from "../../../platform/blobs/survey.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { Witness } from "../../audit/entry.ts";
import { checkFiles } from "./files.ts";
import type { FsckCounts, FsckFinding, FsckReport } from "./finding.ts";
import { checkRows } from "./rows.ts";
import { fsckReads } from "./store-read.ts";

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

/**
 * Compares what the database says with what the storage holds: folder by folder, page by page, so
 * that memory does not depend on how much there is.
 *
 * To look it needs no lock: beside a server that works, each disagreement is looked at once more
 * before it is told. To repair, the caller holds the locks of both folders.
 */
export async function fsck(parts: FsckParts): Promise<FsckReport> {
  let found = 0;
  let left = 0;
  const context: FsckContext = {
    ...parts,
    reads: fsckReads(parts.db),
    counts: { files: 0, blobs: 0, manifests: 0, bytesHashed: 0, quarantined: 0 },
    report(finding) {
      const whole = { repository: null, detail: null, isRepaired: false, ...finding };
      found += 1;
      if (!whole.isRepaired) left += 1;
      parts.onFinding(whole);
    },
  };
  await checkFiles(context);
  await checkRows(context);
  return { counts: context.counts, found, left };
}
