import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "./config/schema.ts";
import { openAudit } from "./features/audit/service.ts";
import { readPostgres, readSqlite } from "./features/audit/store/open-offline.ts";
import { systemClock } from "./kernel/clock.ts";
import { failure } from "./kernel/errors/catalogue.ts";
import { keyringOf } from "./keys.ts";
import { openPostgres } from "./platform/database/postgres/open.ts";
import { openSqlite } from "./platform/database/sqlite/open.ts";
import { lockFolder } from "./platform/lockfile/lock.ts";
import type { Logger } from "./platform/telemetry/telemetry.ts";
// PostgreSQL runs the write transactions here: whoever objects to them must be there.
import "./procedures.ts";
import { auditSettings } from "./settings.ts";

const CONNECTIONS = 4;

/** The folder with the bytes. */
export function storageOf(config: Config): string {
  return config.storage.path === "" ? join(config.data, "storage") : config.storage.path;
}

function fileOf(config: Config): string {
  return join(config.data, "entrepot.sqlite");
}

/** The database to look at, beside whatever works on it. Throws `audit.no_database`. */
export async function openToLook(config: Config) {
  const url = config.database?.reveal();
  if (url !== undefined) return await readPostgres(url);
  const path = fileOf(config);
  // Opening would make an empty one.
  if (!existsSync(path)) throw failure("audit.no_database", { path });
  return readSqlite(path);
}

interface Changing {
  readonly logger: Logger;
  /** Whether an installation that is not there yet is made. */
  readonly canMake: boolean;
}

/**
 * The whole installation for this process alone, as a server takes it. Throws
 * `service.folder_locked`, `audit.no_database`, `service.database_unavailable`.
 */
export async function openToChange(config: Config, { logger, canMake }: Changing) {
  const url = config.database?.reveal();
  const file = fileOf(config);
  if (url === undefined && !canMake && !existsSync(file)) {
    throw failure("audit.no_database", { path: file });
  }
  const ends: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    for (const folder of new Set([config.data, storageOf(config)])) {
      if (canMake) await mkdir(folder, { recursive: true, mode: 0o750 });
      const lock = lockFolder(folder);
      ends.push(() => lock.release());
    }
    const writerEntry = new URL("./writer.ts", import.meta.url);
    const db =
      url === undefined
        ? await openSqlite({ file, writerEntry })
        : await openPostgres({ url, connections: CONNECTIONS });
    ends.push(() => db.close());
    const keyring = await keyringOf(config);
    const settings = await auditSettings(config);
    const audit = await openAudit({ db, clock: systemClock, keyring, logger, settings });
    ends.push(() => audit.close());
    return { db, audit, close };
  } catch (error) {
    await close();
    throw error;
  }
}
