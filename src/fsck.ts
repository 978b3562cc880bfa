import type { Config } from "./config/schema.ts";
import { systemDoer } from "./features/audit/entry.ts";
import type { FsckFinding, FsckReport } from "./features/integrity/fsck/finding.ts";
import { fsck } from "./features/integrity/fsck/fsck.ts";
import { systemClock } from "./kernel/clock.ts";
import { openSurvey } from "./platform/blobs/survey.ts";
import type { Logger } from "./platform/telemetry/telemetry.ts";
import { openToChange, openToLook, storageOf } from "./storage-tools.ts";

export interface FsckOptions {
  readonly hash: boolean;
  readonly repair: boolean;
  readonly logger: Logger;
  readonly onFinding: (finding: FsckFinding) => void;
}

/**
 * Compares storage and database of a configuration. To repair it takes both folders for itself, as a
 * server does. Throws `service.folder_locked`, `audit.no_database`, `service.storage_unavailable`,
 * `service.database_unavailable`.
 */
export async function runFsck(config: Config, options: FsckOptions): Promise<FsckReport> {
  const { hash, repair, logger, onFinding } = options;
  const common = { clock: systemClock, hash, onFinding };
  if (!repair) {
    const { db, close } = await openToLook(config);
    try {
      const survey = await openSurvey(storageOf(config));
      return await fsck({ ...common, db, survey, repairing: undefined });
    } finally {
      await close();
    }
  }
  const { db, audit, close } = await openToChange(config, { logger, canMake: false });
  try {
    const survey = await openSurvey(storageOf(config));
    const { grace } = config.reclaim;
    const repairing = { db, grace, witness: () => audit.witness(systemDoer) };
    return await fsck({ ...common, db, survey, repairing });
  } finally {
    await close();
  }
}
