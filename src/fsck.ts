import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config/schema.ts";
import { systemDoer } from "./features/audit/entry.ts";
import { openAudit } from "./features/audit/service.ts";
import { readPostgres, readSqlite } from "./features/audit/store/open-offline.ts";
import type { FsckFinding, FsckReport } from "./features/integrity/fsck/finding.ts";
import { type FsckParts, fsck, type Repairing } from "./features/integrity/fsck/fsck.ts";
import { systemClock } from "./kernel/clock.ts";
import { failure } from "./kernel/errors/catalogue.ts";
import { keyringOf } from "./keys.ts";
import { openSurvey } from "./platform/blobs/survey.ts";
import { openPostgres } from "./platform/database/postgres/open.ts";
import { openSqlite } from "./platform/database/sqlite/open.ts";
import { lockFolder } from "./platform/lockfile/lock.ts";
import type { Logger } from "./platform/telemetry/telemetry.ts";
import { auditSettings } from "./settings.ts";

export interface FsckOptions {
  readonly hash: boolean;
  readonly repair: boolean;
  readonly logger: Logger;
  readonly onFinding: (finding: FsckFinding) => void;
}

const CONNECTIONS = 4;

function storageOf(config: Config): string {
  return config.storage.path === "" ? join(config.data, "storage") : config.storage.path;
}

/** The database to read, beside whatever works on it, or to repair. */
async function openDatabase(config: Config, isToRepair: boolean) {
  const url = config.database?.reveal();
  const file = join(config.data, "entrepot.sqlite");
  // Opening to write would make an empty one.
  if (url === undefined && !existsSync(file)) throw failure("audit.no_database", { path: file });
  if (!isToRepair) {
    const { db, close } = url === undefined ? readSqlite(file) : await readPostgres(url);
    return { db, close, writable: undefined };
  }
  const writable =
    url === undefined
      ? await openSqlite({ file, writerEntry: new URL("./writer.ts", import.meta.url) })
      : await openPostgres({ url, connections: CONNECTIONS });
  return { db: writable, close: () => writable.close(), writable };
}

/**
 * Compares storage and database of a configuration. To repair it takes both folders for itself, as a
 * server does. Throws `service.folder_locked`, `audit.no_database`, `service.storage_unavailable`,
 * `service.database_unavailable`.
 */
export async function runFsck(config: Config, options: FsckOptions): Promise<FsckReport> {
  const { hash, repair, logger, onFinding } = options;
  const ends: (() => Promise<void> | void)[] = [];
  try {
    const storage = storageOf(config);
    if (repair) {
      for (const folder of new Set([config.data, storage])) {
        const lock = lockFolder(folder);
        ends.push(() => lock.release());
      }
    }
    const { db, close, writable } = await openDatabase(config, repair);
    ends.push(close);
    let repairing: Repairing | undefined;
    if (writable !== undefined) {
      const keyring = await keyringOf(config);
      const settings = await auditSettings(config);
      const audit = await openAudit({
        db: writable,
        clock: systemClock,
        keyring,
        logger,
        settings,
      });
      ends.push(() => audit.close());
      const grace = config.reclaim.grace;
      repairing = { db: writable, grace, witness: () => audit.witness(systemDoer) };
    }
    const survey = await openSurvey(storage);
    const parts: FsckParts = { db, survey, clock: systemClock, repairing, hash, onFinding };
    return await fsck(parts);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}
