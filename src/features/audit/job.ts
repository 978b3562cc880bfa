import type { Database } from "../../platform/database/port.ts";
import type { JobHandler } from "../../platform/jobs/port.ts";
import type { Schedule } from "../../platform/jobs/schedules/cron.ts";
import { systemDoer } from "./entry.ts";
import { purgeChain } from "./store/purge.ts";
import { readHeads } from "./store/read.ts";

const KIND = "audit.purge";

/** Rows of one transaction: their chain's other writers wait for it. */
const BATCH = 500;

export interface PurgeParts {
  readonly db: Database;
  readonly headKey: string;
  /** Milliseconds that entries are kept. */
  readonly keep: number;
  /** Signs the heads: before anything goes, and after. */
  checkpoint(): Promise<void>;
}

/** Removes entries that are older than they are kept, from the old end of each chain. */
export function purgeAuditJob({ db, headKey, keep, checkpoint }: PurgeParts): JobHandler {
  return {
    kind: KIND,
    async run(_, { signal, log, now }) {
      await checkpoint();
      const before = now() - keep;
      let gone = 0;
      for (const { chain } of await readHeads(db)) {
        for (let went = BATCH; went > 0 && !signal.aborted; gone += went) {
          const witness = { doer: systemDoer, at: now(), headKey };
          went = await db.write(purgeChain, { witness, chain, before, limit: BATCH });
        }
      }
      if (gone === 0) return;
      await checkpoint();
      log("info", `removed ${gone} audit entries that were older than they are kept`);
    },
  };
}

/** Every night, away from the full hour. */
export const auditSchedules: readonly Schedule[] = [
  { name: KIND, kind: KIND, cron: "41 3 * * *", timeZone: "UTC" },
];
