import { procedure } from "../../../platform/database/port.ts";
import type { AuditHeadsTable, AuditTable } from "../../../platform/database/schema/access.ts";
import { hashRow } from "../chain.ts";
import { done, type Witness } from "../entry.ts";
import { appendTo } from "./record.ts";

export interface Purging {
  readonly witness: Witness;
  readonly chain: number;
  /** Entries from before this time go. */
  readonly before: number;
  /** Most rows in one transaction. */
  readonly limit: number;
}

/**
 * The rows that may go: an unbroken run from the old end, each one old and unchanged. Where it
 * breaks is for verifying to find; nobody gets rid of an entry by making it look old.
 */
function purgeable(
  oldest: readonly AuditTable[],
  { purged_seq, purged_hash }: Pick<AuditHeadsTable, "purged_seq" | "purged_hash">,
  before: number,
): readonly AuditTable[] {
  let previous = purged_hash;
  const end = oldest.findIndex((row, index) => {
    const isNext = row.seq === purged_seq + 1 + index && hashRow(previous, row) === row.hash;
    previous = row.hash;
    return !isNext || row.at >= before;
  });
  return end === -1 ? oldest : oldest.slice(0, end);
}

/**
 * Removes the oldest entries of a chain; the only way in which entries ever go. The transaction
 * that does it records it in the same chain and moves the mark after which verifying begins.
 * Gives the number of rows removed.
 */
export const purgeChain = procedure(
  "audit.purge",
  async (tx, { witness, chain, before, limit }: Purging): Promise<number> => {
    const head = await tx
      .selectFrom("audit_heads")
      .select(["purged_seq", "purged_hash"])
      .where("chain", "=", chain)
      .forUpdate()
      .executeTakeFirst();
    if (head === undefined) return 0;
    const oldest = await tx
      .selectFrom("audit")
      .selectAll()
      .where("chain", "=", chain)
      .where("seq", ">", head.purged_seq)
      .orderBy("seq")
      .limit(limit)
      .execute();
    const old = purgeable(oldest, head, before);
    const last = old.at(-1);
    if (last === undefined) return 0;
    await tx
      .deleteFrom("audit")
      .where("chain", "=", chain)
      .where("seq", ">", head.purged_seq)
      .where("seq", "<=", last.seq)
      .execute();
    await tx
      .deleteFrom("audit_checkpoints")
      .where("chain", "=", chain)
      .where("seq", "<", last.seq)
      .execute();
    const { doer, at, headKey } = witness;
    const entry = done(
      "audit.purge",
      { kind: "audit", id: null, name: null },
      {
        details: {
          chain,
          count: old.length,
          from: head.purged_seq + 1,
          to: last.seq,
          hash: last.hash,
        },
      },
    );
    await appendTo(tx, { chain, headKey }, [{ doer, at, entry }], last);
    return old.length;
  },
);
