import type { Database, Tx } from "./port.ts";

/** The version of the rules that something derived was made by, as it was written down; 0 for none. */
export async function markedVersion(db: Database, name: string): Promise<number> {
  const row = await db.read
    .selectFrom("settings")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirst();
  return Number(row?.value ?? 0);
}

/** Writes down by which version of its rules everything that there is was derived. */
export async function markVersion(tx: Tx, name: string, version: number): Promise<void> {
  const value = String(version);
  await tx
    .insertInto("settings")
    .values({ name, value })
    .onConflict((c) => c.column("name").doUpdateSet({ value }))
    .execute();
}
