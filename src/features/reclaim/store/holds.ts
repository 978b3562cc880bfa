import { failure } from "../../../kernel/errors/catalogue.ts";
import { procedure, type Tx } from "../../../platform/database/port.ts";

/*
 * A hold keeps bytes where they are while somebody copies them: with one in force no sweeper takes
 * a blob. It is a lease, so that one whose holder died is over by itself.
 *
 * Whoever takes a hold and then looks at the rows sees every blob that a sweeper has taken as
 * `reclaiming`, and no sweeper takes another one. On SQLite transactions come one after the other.
 * On PostgreSQL they meet at the one row of `hold_gate`: a sweeper locks it shared and asks for
 * holds in a second statement; a new hold locks it alone. So either the sweeper committed before
 * the hold did, and thus before its holder looks, or it sees the hold.
 */

/** Whether bytes must stay for now; whoever asks takes none unless its transaction asked before. */
export async function isHeld(tx: Tx, now: number): Promise<boolean> {
  await tx.selectFrom("hold_gate").select("id").forShare().execute();
  const hold = await tx
    .selectFrom("holds")
    .select("id")
    .where("until", ">", now)
    .limit(1)
    .executeTakeFirst();
  return hold !== undefined;
}

export interface NewHold {
  readonly id: string;
  readonly now: number;
  readonly until: number;
  readonly why: string;
}

/** Takes a hold, and clears those that are over. */
export const takeHold = procedure(
  "reclaim.take-hold",
  async (tx, { id, now, until, why }: NewHold): Promise<void> => {
    await tx.selectFrom("hold_gate").select("id").forUpdate().execute();
    await tx.deleteFrom("holds").where("until", "<=", now).execute();
    await tx.insertInto("holds").values({ id, until, why }).execute();
  },
);

/** Makes a hold last longer. Throws `reclaim.hold_over` when it was over: bytes may have gone since. */
export const renewHold = procedure(
  "reclaim.renew-hold",
  async (tx, { id, now, until }: Omit<NewHold, "why">): Promise<void> => {
    const row = await tx
      .updateTable("holds")
      .set({ until })
      .where("id", "=", id)
      .where("until", ">", now)
      .returning("id")
      .executeTakeFirst();
    if (row === undefined) throw failure("reclaim.hold_over");
  },
);

/** Lets go. Idempotent. */
export const releaseHold = procedure(
  "reclaim.release-hold",
  async (tx, { id }: { readonly id: string }): Promise<void> => {
    await tx.deleteFrom("holds").where("id", "=", id).execute();
  },
);

export const holdProcedures = [takeHold, renewHold, releaseHold];
