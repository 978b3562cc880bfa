import {
  type AnyProcedure,
  type Database,
  procedure,
  type Tx,
} from "../../../platform/database/port.ts";
import type { SigningKeysTable } from "../../../platform/database/schema/identity.ts";
import { type AuditEntry, done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import { bumpRevision } from "../../identity/revision/store.ts";
import { isDue } from "./rules.ts";

export type SigningKeyRow = SigningKeysTable;

/** A key before it is known from when on it signs. */
export type FreshKey = Pick<SigningKeyRow, "id" | "algorithm" | "public_key" | "sealed_key">;

export interface AddKey {
  readonly key: FreshKey;
  /**
   * `if-due`: only when the newest is too old or of another algorithm. `now`: in any case.
   * `distrust`: in any case, and what the others signed counts no more.
   */
  readonly mode: "if-due" | "now" | "distrust";
  readonly now: number;
  /** How old the newest may become. */
  readonly every: number;
  /** How long it is published before it signs. */
  readonly ahead: number;
  readonly witness: Witness;
}

function entry(action: string, id: string, details: AuditEntry["details"] = {}): AuditEntry {
  return done(action, { kind: "signing-key", id, name: null }, { details });
}

function keysOf(tx: Tx) {
  return tx.selectFrom("signing_keys").selectAll().orderBy("active_at").orderBy("id");
}

/** Puts a key in the place of the newest. False when it was not due, or another node came first. */
export const addSigningKey = procedure(
  "registry-tokens.add-key",
  async (tx, { key, mode, now, every, ahead, witness }: AddKey): Promise<boolean> => {
    // Whoever waited here for another node's commit must look again to see what it added.
    await keysOf(tx).forUpdate().execute();
    const rows = await keysOf(tx).execute();
    if (mode === "if-due" && !isDue(rows, { algorithm: key.algorithm, now, every })) return false;
    if (mode === "distrust") await tx.deleteFrom("signing_keys").execute();
    const isAlone = mode === "distrust" || rows.length === 0;
    const active_at = isAlone ? now : now + ahead;
    await tx
      .updateTable("signing_keys")
      .set({ retired_at: active_at })
      .where("retired_at", "is", null)
      .execute();
    const row = { ...key, created_at: now, active_at, retired_at: null };
    await tx.insertInto("signing_keys").values(row).execute();
    await bumpRevision(tx);
    const distrusted = mode === "distrust" ? rows.map(({ id }) => id) : [];
    const details = { algorithm: key.algorithm, active_at, mode, distrusted };
    await record(tx, witness, [entry("signing-key.create", key.id, details)]);
    return true;
  },
);

export interface RemoveKeys {
  /** Keys that were retired before this time go. */
  readonly before: number;
  readonly witness: Witness;
}

/** Drops keys whose tokens have all run out; gives their number. */
export const removeSigningKeys = procedure(
  "registry-tokens.remove-keys",
  async (tx, { before, witness }: RemoveKeys): Promise<number> => {
    const gone = await tx
      .deleteFrom("signing_keys")
      .where("retired_at", "<", before)
      .returning("id")
      .execute();
    const entries = gone.map(({ id }) => entry("signing-key.delete", id));
    await record(tx, witness, entries);
    return gone.length;
  },
);

export interface ResealKey {
  readonly id: string;
  /** What was read and sealed anew: another node may have been quicker. */
  readonly from: string;
  readonly to: string;
}

export const resealSigningKey = procedure(
  "registry-tokens.reseal-key",
  async (tx, { id, from, to }: ResealKey): Promise<void> => {
    await tx
      .updateTable("signing_keys")
      .set({ sealed_key: to })
      .where("id", "=", id)
      .where("sealed_key", "=", from)
      .execute();
  },
);

export const registryTokenProcedures: readonly AnyProcedure[] = [
  addSigningKey,
  removeSigningKeys,
  resealSigningKey,
];

/** Reads every key, the oldest first. */
export function signingKeysRead(db: Database): () => Promise<SigningKeyRow[]> {
  return () =>
    db.read.selectFrom("signing_keys").selectAll().orderBy("active_at").orderBy("id").execute();
}
