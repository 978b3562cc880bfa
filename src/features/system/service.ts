import type { Clock } from "../../kernel/clock.ts";
import { Failure, failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import { databaseTime } from "../../platform/database/time.ts";
import { oldestDue } from "../../platform/jobs/history/store.ts";
import { oldestEvent } from "../../platform/jobs/outbox/store.ts";
import type { NodeFacts, PartHealth, SystemReport } from "./report.ts";
import { certificateHealth, clockHealth, diskHealth, eventsHealth, jobsHealth } from "./rules.ts";

export interface SystemParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly facts: NodeFacts;
  /** What readiness asks: each throws when its part cannot do its work. */
  readonly checks: readonly { readonly name: string; check(): Promise<void> }[];
  readonly capacity: () => Promise<{ readonly total: number; readonly free: number }>;
  /** Space that is kept free. */
  readonly leastFree: { readonly bytes: number; readonly percent: number };
  /** When the disk will be full, if it grows on as it does; null where no date is foreseen. */
  readonly fullAt: () => Promise<number | null>;
  /** Where we listen, and until when the certificate holds there; undefined without TLS. */
  readonly listening: () => {
    readonly urls: readonly string[];
    readonly validTo: string | undefined;
  };
}

/** What this node is, and how it is. */
export interface System {
  report(): Promise<SystemReport>;
}

/** A part that cannot be looked at is not well, whatever else is. */
async function looked(part: string, look: () => Promise<PartHealth>): Promise<PartHealth> {
  try {
    return await look();
  } catch (error) {
    const known = error instanceof Failure ? error : failure("service.internal", { request: "-" });
    return { part, ok: false, why: { en: known.words("en"), zh: known.words("zh") } };
  }
}

/** Opens the room; see `System`. */
export function openSystem(parts: SystemParts): System {
  const { db, clock, facts, checks, capacity, leastFree, listening } = parts;

  async function disk() {
    try {
      return await capacity();
    } catch {
      // The check of the storage says why.
      return { total: null, free: null };
    }
  }

  async function oldestJob(): Promise<number | null> {
    const now = clock.now();
    const ages = (await oldestDue(db, now)).map(({ runAt }) => now - runAt);
    return ages.length === 0 ? null : Math.max(...ages);
  }

  function health(validTo: string | undefined): Promise<PartHealth[]> {
    const looks = [
      ...checks.map(({ name, check }) =>
        looked(name, async () => {
          await check();
          return { part: name, ok: true, why: null };
        }),
      ),
      looked("jobs", async () => jobsHealth(await oldestJob())),
      looked("events", async () => {
        const at = await oldestEvent(db);
        return eventsHealth(at === null ? null : clock.now() - at);
      }),
      looked("disk", async () => {
        const outlook = { fullAt: await parts.fullAt(), now: clock.now() };
        return diskHealth(await capacity(), leastFree, outlook);
      }),
      looked("clock", async () => {
        const theirs = await databaseTime(db);
        return clockHealth(theirs === null ? 0 : theirs - clock.now());
      }),
    ];
    if (validTo !== undefined) {
      looks.push(looked("certificate", async () => certificateHealth(validTo, clock.now())));
    }
    return Promise.all(looks);
  }

  return {
    async report() {
      const { urls, validTo } = listening();
      const { total, free } = await disk();
      const storage = { ...facts.storage, total, free };
      return { ...facts, storage, urls, health: await health(validTo) };
    },
  };
}
