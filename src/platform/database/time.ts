import { sql } from "kysely";
import type { Database } from "./port.ts";

/** What the clock of the database's own machine says; null where that is this machine. */
export async function databaseTime(db: Database): Promise<number | null> {
  if (db.engine === "sqlite") return null;
  const now = sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`;
  const row = await db.read.selectNoFrom(now.as("now")).executeTakeFirst();
  return row?.now ?? null;
}
