import { newId } from "../../../kernel/ids.ts";
import type { Tx } from "../../../platform/database/port.ts";
import type { AuditHeadsTable, AuditTable } from "../../../platform/database/schema/access.ts";
import { chainOf, GENESIS, hashRow, readSeal, sealOf, type Unhashed } from "../chain.ts";
import { cleanDetails, cleanOrNull, cleanText } from "../clean.ts";
import type { AuditEntry, Doer, Witness } from "../entry.ts";

/** An entry on its way into the log. */
export interface Item {
  readonly doer: Doer;
  readonly at: number;
  readonly entry: AuditEntry;
}

/** Rows of one statement: SQLite takes 32,766 parameters, and a row has 20. */
const ROWS = 400;

async function headOf(tx: Tx, chain: number): Promise<AuditHeadsTable> {
  const read = () =>
    tx
      .selectFrom("audit_heads")
      .selectAll()
      .where("chain", "=", chain)
      .forUpdate()
      .executeTakeFirst();
  const there = await read();
  if (there !== undefined) return there;
  // Heads are made together with the keys: one that is missing now was removed, and the empty
  // seal of its successor says so for good.
  const first = { chain, seq: 0, hash: GENESIS, mac: "", purged_seq: 0, purged_hash: GENESIS };
  await tx
    .insertInto("audit_heads")
    .values(first)
    .onConflict((c) => c.column("chain").doNothing())
    .execute();
  return (await read()) ?? first;
}

function rowOf(chain: number, seq: number, { doer, at, entry }: Item): Unhashed {
  return {
    chain,
    seq,
    id: newId(at),
    at,
    actor_id: cleanText(doer.id, 256),
    actor_kind: cleanText(doer.kind, 64),
    actor_name: cleanText(doer.name, 256),
    via: cleanText(doer.via, 64),
    credential_id: cleanOrNull(doer.credentialId, 256),
    address: cleanOrNull(doer.address, 128),
    request_id: cleanOrNull(doer.requestId, 128),
    action: cleanText(entry.action, 64),
    object_kind: cleanText(entry.object.kind, 64),
    object_id: cleanOrNull(entry.object.id, 256),
    object_name: cleanOrNull(entry.object.name, 512),
    project_id: cleanOrNull(entry.project, 64),
    result: entry.result,
    reason: cleanOrNull(entry.reason, 128),
    details: cleanDetails(entry.details),
  };
}

/**
 * Adds items to one chain, and moves its purge mark to `purged` where that is given. The head's
 * row stays locked until the commit.
 */
export async function appendTo(
  tx: Tx,
  { chain, headKey }: { readonly chain: number; readonly headKey: string },
  items: readonly Item[],
  purged?: { readonly seq: number; readonly hash: string },
): Promise<void> {
  const before = await headOf(tx, chain);
  const state = readSeal(headKey, before);
  const brokenAt = state.is === "whole" ? null : state.is === "broken" ? state.at : before.seq;
  let { seq, hash } = before;
  const rows: AuditTable[] = [];
  for (const item of items) {
    seq += 1;
    const row = rowOf(chain, seq, item);
    hash = hashRow(hash, row);
    rows.push({ ...row, hash });
  }
  for (let start = 0; start < rows.length; start += ROWS) {
    await tx
      .insertInto("audit")
      .values(rows.slice(start, start + ROWS))
      .execute();
  }
  const after = {
    chain,
    seq,
    hash,
    purged_seq: purged?.seq ?? before.purged_seq,
    purged_hash: purged?.hash ?? before.purged_hash,
  };
  await tx
    .updateTable("audit_heads")
    .set({ ...after, mac: sealOf(headKey, after, brokenAt) })
    .where("chain", "=", chain)
    .execute();
}

/**
 * Adds entries to the audit log in the transaction of the change itself, so that neither can be
 * there without the other. Call it once and last: it locks the head of a chain until the commit,
 * and two calls for different doers could wait for each other.
 */
export async function record(
  tx: Tx,
  { doer, at, headKey }: Witness,
  entries: readonly AuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const items = entries.map((entry) => ({ doer, at, entry }));
  await appendTo(tx, { chain: chainOf(doer.id), headKey }, items);
}

/** Adds items of many doers. Heads are locked in order, so that no two of us can deadlock. */
export async function recordAll(tx: Tx, headKey: string, items: readonly Item[]): Promise<void> {
  const byChain = new Map<number, Item[]>();
  for (const item of items) {
    const chain = chainOf(item.doer.id);
    const of = byChain.get(chain);
    if (of === undefined) byChain.set(chain, [item]);
    else of.push(item);
  }
  for (const chain of [...byChain.keys()].sort((a, b) => a - b)) {
    await appendTo(tx, { chain, headKey }, byChain.get(chain) ?? []);
  }
}
