import type { Database, Tx } from "../../../platform/database/port.ts";

const NAME = "rights.revision";

/**
 * Says, in the transaction of the change, that what decisions are made from has changed: a
 * principal, a group, a token, a session, a role, a binding, a project's visibility.
 */
export async function bumpRevision(tx: Tx): Promise<void> {
  const row = await tx
    .selectFrom("settings")
    .select("value")
    .where("name", "=", NAME)
    .forUpdate()
    .executeTakeFirst();
  const value = String(Number(row?.value ?? "0") + 1);
  await tx
    .insertInto("settings")
    .values({ name: NAME, value })
    .onConflict((c) => c.column("name").doUpdateSet({ value }))
    .execute();
}

/** The number of the last change that was committed; 0 before the first. */
export function revisionRead(db: Database): () => Promise<number> {
  const read = db.prepare((q, p: { name: string }) =>
    q.selectFrom("settings").select("value").where("name", "=", p.name).compile(),
  );
  return async () => Number((await read({ name: NAME }))[0]?.value ?? "0");
}
