import { newId } from "../../../kernel/ids.ts";
import { type Database, procedure } from "../../../platform/database/port.ts";
import type { Checkpoint } from "../checkpoints/signature.ts";

export interface SignedCheckpoint extends Checkpoint {
  readonly signature: string;
}

const LEASE = "audit.checkpoint";

/** Heads that grew since their last checkpoint. */
export async function grownHeads(
  db: Pick<Database, "read">,
): Promise<{ chain: number; seq: number; hash: string }[]> {
  const heads = await db.read
    .selectFrom("audit_heads as head")
    .select((eb) => [
      "head.chain",
      "head.seq",
      "head.hash",
      eb
        .selectFrom("audit_checkpoints as last")
        .select((q) => q.fn.max("last.seq").as("seq"))
        .whereRef("last.chain", "=", "head.chain")
        .as("signed"),
    ])
    .orderBy("head.chain")
    .execute();
  return heads
    .filter(({ seq, signed }) => seq > (signed ?? 0))
    .map(({ chain, seq, hash }) => ({ chain, seq, hash }));
}

/** When the last checkpoint was made: milliseconds, or null. */
export async function lastCheckpointAt(db: Pick<Database, "read">): Promise<number | null> {
  const row = await db.read
    .selectFrom("audit_checkpoints")
    .select("at")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.at ?? null;
}

/** Whether the caller makes the checkpoint that is due; false when a node did since `before`. */
export const claimCheckpoint = procedure(
  "audit.checkpoint.claim",
  async (tx, { now, before }: { readonly now: number; readonly before: number }) => {
    await tx
      .insertInto("settings")
      .values({ name: LEASE, value: "0" })
      .onConflict((c) => c.column("name").doNothing())
      .execute();
    const row = await tx
      .selectFrom("settings")
      .select("value")
      .where("name", "=", LEASE)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (Number(row.value) > before) return false;
    await tx
      .updateTable("settings")
      .set({ value: String(now) })
      .where("name", "=", LEASE)
      .execute();
    return true;
  },
);

export const keepCheckpoints = procedure(
  "audit.checkpoint.keep",
  async (tx, { checkpoints }: { readonly checkpoints: readonly SignedCheckpoint[] }) => {
    const rows = checkpoints.map(({ chain, seq, hash, at, signature }) => ({
      id: newId(at),
      chain,
      seq,
      hash,
      at,
      signature,
    }));
    if (rows.length > 0) await tx.insertInto("audit_checkpoints").values(rows).execute();
  },
);
