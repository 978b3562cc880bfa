import { type FreshDatabase, freshDatabase, openFresh } from "../../../tests/support/database.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import { type AuditKeys, openKeys } from "./keys.ts";
import { type Audit, type AuditSettings, openAudit } from "./service.ts";
import { keyring, type RememberingLogger, rememberingLogger, writerEntry } from "./suite-parts.ts";
import type { State } from "./suite-procedures.ts";

export const START = Date.UTC(2026, 0, 5, 12);

export interface World {
  readonly fresh: FreshDatabase;
  readonly db: Database;
  readonly clock: ManualClock;
  readonly logger: RememberingLogger;
  readonly audit: Audit;
  readonly keys: AuditKeys;
}

const worlds: (() => Promise<void>)[] = [];

/**
 * For `afterEach` of each file that opens a world: a hook hung up here would serve only the first
 * file that imports this one.
 */
export async function endWorlds(): Promise<void> {
  for (const end of worlds.splice(0).reverse()) await end();
}

/** Ends something when the test is over, before what was opened earlier. */
export function afterwards(end: () => Promise<void>): void {
  worlds.push(end);
}

/** A log of its own on the engine under test, which ends with the test. */
export async function openWorld(settings: Partial<AuditSettings> = {}): Promise<World> {
  const fresh = await freshDatabase();
  afterwards(() => fresh.drop());
  const db = await openFresh(fresh, writerEntry);
  afterwards(() => db.close());
  const clock = new ManualClock(START);
  const logger = rememberingLogger();
  const parts = {
    db,
    clock,
    keyring,
    logger,
    settings: { pulls: "gathered", ...settings } as const,
  };
  const audit = await openAudit(parts);
  afterwards(() => audit.close());
  return { fresh, db, clock, logger, audit, keys: await openKeys(db, keyring) };
}

export async function stateOf(db: Database): Promise<State> {
  return {
    rows: await db.read.selectFrom("audit").selectAll().orderBy("chain").orderBy("seq").execute(),
    heads: await db.read.selectFrom("audit_heads").selectAll().orderBy("chain").execute(),
    checkpoints: await db.read.selectFrom("audit_checkpoints").selectAll().orderBy("id").execute(),
  };
}
