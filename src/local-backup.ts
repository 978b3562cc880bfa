import { mkdir, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildInfo } from "./config/build-info.ts";
import type { Config } from "./config/schema.ts";
import {
  type Restored,
  type RestoreStep,
  restoreSnapshot,
} from "./features/backup/restore/restore.ts";
import type { Report } from "./features/backup/verify/report.ts";
import { verifySnapshot } from "./features/backup/verify/verify.ts";
import { systemClock } from "./kernel/clock.ts";
import { failure } from "./kernel/errors/catalogue.ts";
import { Pace } from "./kernel/pace.ts";
import { existingKeyringOf } from "./keys.ts";
import { openFilesystemBlobs } from "./platform/blobs/filesystem.ts";
import { fillPostgres } from "./platform/database/postgres/fill.ts";
import { upgradePostgres } from "./platform/database/postgres/open.ts";
import { fillSqlite } from "./platform/database/sqlite/fill.ts";
import { upgradeSqlite } from "./platform/database/sqlite/open.ts";
import { lockFolder } from "./platform/lockfile/lock.ts";

const DATABASE = "entrepot.sqlite";
/** What may be in a folder that counts as empty: locks, and the key that was put there beforehand. */
const HARMLESS = new Set([".lock", "secret-key"]);

/** Throws `backup.not_empty` for a folder with more in it than empty folders, a lock and a key. */
async function assertEmpty(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (HARMLESS.has(entry.name)) continue;
    if (!entry.isDirectory()) throw failure("backup.not_empty", { path: folder });
    await assertEmpty(join(folder, entry.name));
  }
}

/** Which snapshot of which folder. */
export interface Chosen {
  readonly from: string;
  readonly snapshot: string | undefined;
}

/**
 * Restores a backup into what a configuration names, which has to be empty and not in use, and
 * brings it up to this version. Throws what `restoreSnapshot` throws, and `service.folder_locked`.
 */
export async function restoreBackup(
  config: Config,
  chosen: Chosen,
  tell: (step: RestoreStep) => void,
): Promise<Restored> {
  const { data } = config;
  const storage = config.storage.path === "" ? join(data, "storage") : config.storage.path;
  const folders = [...new Set([data, storage])];
  const locks: { release(): void }[] = [];
  try {
    for (const folder of folders) {
      await mkdir(folder, { recursive: true, mode: 0o750 });
      locks.push(lockFolder(folder));
      await assertEmpty(folder);
    }
    const url = config.database?.reveal();
    const file = join(data, DATABASE);
    const blobs = await openFilesystemBlobs({ root: storage });
    try {
      const restored = await restoreSnapshot({
        ...chosen,
        fill: () => (url === undefined ? fillSqlite(file) : fillPostgres(url)),
        blobs,
        keyring: await existingKeyringOf(config),
        tell,
      });
      await (url === undefined ? upgradeSqlite(file) : upgradePostgres(url));
      return restored;
    } finally {
      await blobs.close();
    }
  } finally {
    for (const lock of locks) lock.release();
  }
}

/** A restore drill of a backup, in a scratch folder (left out: the system's own for such). */
export async function verifyBackup(
  chosen: Chosen & {
    readonly scratch: string | undefined;
    /** How much it reads; left out: no bound. */
    readonly bytesPerSecond?: number | undefined;
  },
  progress: (done: number, total: number) => void,
): Promise<Report> {
  return await verifySnapshot({
    ...chosen,
    scratch: chosen.scratch ?? tmpdir(),
    fill: fillSqlite,
    program: buildInfo,
    clock: systemClock,
    signal: new AbortController().signal,
    pace: new Pace(chosen.bytesPerSecond ?? null),
    progress,
  });
}
