import type { Database } from "../../src/platform/database/port.ts";
import type { Schema } from "../../src/platform/database/schema/schema.ts";

/** All that a request could change; the log of refusals, counters and the jobs' own tables aside. */
const TABLES = [
  "projects",
  "repositories",
  "principals",
  "credentials",
  "identities",
  "groups",
  "group_links",
  "group_members",
  "tokens",
  "sessions",
  "factors",
  "signing_keys",
  "roles",
  "bindings",
  "trust_rules",
  "immutability_rules",
  "quotas",
] as const satisfies readonly (keyof Schema)[];

/** What every use leaves behind, allowed or not. */
const USE = ["last_seen_at", "last_used_at", "last_used_address", "last_login_at"];
/** What jobs write down whenever their time comes. */
const NOTED = ["report", "reported_at", "report_took"];
const LEFT_OUT = new Set([...USE, ...NOTED]);

/** Every row, as text, in an order of its own: equal when nothing was changed. */
export async function snapshot(db: Database): Promise<string> {
  const tables = await Promise.all(
    TABLES.map(async (table) => {
      const rows = await db.read.selectFrom(table).selectAll().execute();
      const lines = rows.map((row) =>
        JSON.stringify(Object.entries(row).filter(([column]) => !LEFT_OUT.has(column))),
      );
      return [table, ...lines.sort()].join("\n");
    }),
  );
  return tables.join("\n");
}
