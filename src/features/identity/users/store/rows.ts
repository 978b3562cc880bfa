import type { Selectable } from "kysely";
import { failure } from "../../../../kernel/errors/catalogue.ts";
import type { Tx } from "../../../../platform/database/port.ts";
import type { PrincipalsTable } from "../../../../platform/database/schema/identity.ts";

export type PrincipalRow = Selectable<PrincipalsTable>;

/**
 * The row of a user or robot, locked until the commit so that what is decided from it stands.
 * Throws `identity.unknown`.
 */
export async function lockPrincipal(
  tx: Tx,
  kind: PrincipalRow["kind"],
  id: string,
): Promise<PrincipalRow> {
  const row = await tx
    .selectFrom("principals")
    .selectAll()
    .where("id", "=", id)
    .where("kind", "=", kind)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw failure("identity.unknown", { kind, id });
  return row;
}

/** As `lockPrincipal`, of one that is not deleted. */
export async function lockLive(
  tx: Tx,
  kind: PrincipalRow["kind"],
  id: string,
): Promise<PrincipalRow> {
  const row = await lockPrincipal(tx, kind, id);
  if (row.deleted_at !== null) throw failure("identity.unknown", { kind, id });
  return row;
}

/** Changes a row that `lockPrincipal` gave and counts the change. */
export async function changePrincipal(
  tx: Tx,
  { id, version }: PrincipalRow,
  change: Partial<PrincipalRow>,
): Promise<PrincipalRow> {
  return await tx
    .updateTable("principals")
    .set({ ...change, version: version + 1 })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Throws `identity.last_administrator` when nobody but `id` is one. Called before anything else is
 * locked: two administrators who remove each other at once meet here, and one of them stays.
 */
export async function keepAnAdministrator(tx: Tx, id: string): Promise<void> {
  const live = await tx
    .selectFrom("principals")
    .select(["id", "name"])
    .where("administrator", "=", 1)
    .where("deleted_at", "is", null)
    .where("disabled_at", "is", null)
    .orderBy("id")
    .forUpdate()
    .execute();
  const [only, ...others] = live;
  if (only?.id === id && others.length === 0) {
    throw failure("identity.last_administrator", { name: only.name });
  }
}
