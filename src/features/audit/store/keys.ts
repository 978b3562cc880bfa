import { type Database, procedure } from "../../../platform/database/port.ts";
import { CHAINS, GENESIS, sealOf } from "../chain.ts";

const NAME = "audit.keys";

/** The sealed keys of the log, or undefined before its first use. */
export async function readSealedKeys(db: Pick<Database, "read">): Promise<string | undefined> {
  const row = await db.read
    .selectFrom("settings")
    .select("value")
    .where("name", "=", NAME)
    .executeTakeFirst();
  return row?.value;
}

/**
 * Keeps the first keys, and with them, this once, makes the head of every chain. Gives the keys
 * that count: another node's, when that came first.
 */
export const makeKeys = procedure(
  "audit.keys.make",
  async (tx, { sealed, headKey }: { readonly sealed: string; readonly headKey: string }) => {
    const made = await tx
      .insertInto("settings")
      .values({ name: NAME, value: sealed })
      .onConflict((c) => c.column("name").doNothing())
      .returning("value")
      .executeTakeFirst();
    if (made === undefined) {
      const kept = await tx
        .selectFrom("settings")
        .select("value")
        .where("name", "=", NAME)
        .executeTakeFirstOrThrow();
      return kept.value;
    }
    for (let chain = 0; chain < CHAINS; chain++) {
      const head = { chain, seq: 0, hash: GENESIS, purged_seq: 0, purged_hash: GENESIS };
      await tx
        .insertInto("audit_heads")
        .values({ ...head, mac: sealOf(headKey, head) })
        // One that is there without keys is not to be trusted: it keeps its wrong seal.
        .onConflict((c) => c.column("chain").doNothing())
        .execute();
    }
    return made.value;
  },
);

/** Puts the same keys, sealed anew, in the place of `was`. */
export const resealKeys = procedure(
  "audit.keys.reseal",
  async (tx, { was, sealed }: { readonly was: string; readonly sealed: string }) => {
    await tx
      .updateTable("settings")
      .set({ value: sealed })
      .where("name", "=", NAME)
      .where("value", "=", was)
      .execute();
  },
);
