import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure, failure } from "../../kernel/errors/catalogue.ts";
import type { Keyring } from "../../platform/sealing/keyring.ts";
import { type AuditKeys, readKeys } from "./keys.ts";
import { type ReadOnly, readPostgres, readSqlite } from "./store/open-offline.ts";
import { recordedEver } from "./store/read.ts";
import { type Verdict, type VerifyOptions, verifyLog } from "./verify/verify.ts";

/** A log that can only be verified. */
export interface AuditLog {
  verify(options?: VerifyOptions): Promise<Verdict>;
  close(): Promise<void>;
}

export interface OfflineParts {
  /** The URL of a PostgreSQL; undefined for the SQLite in the data folder. */
  readonly database: string | undefined;
  /** The data folder. */
  readonly data: string;
  readonly keyring: Keyring;
}

function open({ database, data }: OfflineParts): ReadOnly | Promise<ReadOnly> {
  if (database !== undefined) return readPostgres(database);
  const path = join(data, "entrepot.sqlite");
  // Opening would make an empty one.
  if (!existsSync(path)) throw failure("audit.no_database", { path });
  return readSqlite(path);
}

/** Undefined where there are entries without keys; throws `audit.no_log` where there is neither. */
async function keysOf({ db }: ReadOnly, keyring: Keyring): Promise<AuditKeys | undefined> {
  const keys = await readKeys(db, keyring);
  if (keys === undefined && (await recordedEver(db)) === 0) throw failure("audit.no_log");
  return keys;
}

/**
 * Opens the log of a configuration to read it, whether a server runs on it or not. Throws
 * `audit.no_database`, `audit.no_log`, `secrets.unreadable`, `service.database_unavailable`.
 */
export async function openAuditLog(parts: OfflineParts): Promise<AuditLog> {
  let opened: ReadOnly | undefined;
  try {
    opened = await open(parts);
    const { db, close } = opened;
    const keys = await keysOf(opened, parts.keyring);
    return { verify: (options) => verifyLog(db, keys, options), close };
  } catch (error) {
    await opened?.close();
    // A schema from before there was a log, which nobody may change here.
    throw error instanceof Failure ? error : failure("audit.no_log", {}, error);
  }
}
