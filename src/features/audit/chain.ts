import { createHash, createHmac } from "node:crypto";
import type { AuditHeadsTable, AuditTable } from "../../platform/database/schema/access.ts";

/** What a chain begins with. */
export const GENESIS = "0".repeat(64);

/** How many chains there are; a chain's head is the one row that its writers wait for. */
export const CHAINS = 8;

/** A row as it is hashed: everything but the hash itself. */
export type Unhashed = Omit<AuditTable, "hash">;

/** In this order, for ever: the hash of every row depends on it. */
const FIELDS = [
  "chain",
  "seq",
  "id",
  "at",
  "actor_id",
  "actor_kind",
  "actor_name",
  "via",
  "credential_id",
  "address",
  "request_id",
  "action",
  "object_kind",
  "object_id",
  "object_name",
  "project_id",
  "result",
  "reason",
  "details",
] as const satisfies readonly (keyof Unhashed)[];

/**
 * Hex SHA-256 of the row before and this one. Each value is written with its length first, so that
 * no two rows read alike (A37), and null is told apart from empty text.
 */
export function hashRow(previous: string, row: Unhashed): string {
  let text = previous;
  for (const field of FIELDS) {
    const value = row[field];
    if (value === null) text += "-;";
    else {
      const written = String(value);
      text += `${Buffer.byteLength(written)}:${written};`;
    }
  }
  return createHash("sha256").update(text).digest("hex");
}

/** The head of a chain without its seal. */
export type Head = Omit<AuditHeadsTable, "mac">;

/**
 * The seal of a chain's head: the hex HMAC of all that it says, by a key that is not in the
 * database (`key` is hex).
 *
 * A head that was found with a wrong seal is sealed with `brokenAt`, the number of its last row
 * then, which stays with it for good: else the next entry would make a forged head look right.
 */
export function sealOf(key: string, head: Head, brokenAt: number | null = null): string {
  const { chain, seq, hash, purged_seq, purged_hash } = head;
  const mark = brokenAt === null ? "" : `!${brokenAt}`;
  const words = ["head", chain, seq, hash, purged_seq, purged_hash].join(":") + mark;
  return createHmac("sha256", Buffer.from(key, "hex")).update(words).digest("hex") + mark;
}

/** What a head's seal says: whole, broken since a row, or wrong (which nobody noticed so far). */
export type SealState =
  | { readonly is: "whole" | "wrong" }
  | { readonly is: "broken"; readonly at: number };

export function readSeal(key: string, head: AuditHeadsTable): SealState {
  const mark = /!(\d{1,15})$/.exec(head.mac)?.[1];
  const at = mark === undefined ? null : Number(mark);
  if (sealOf(key, head, at) !== head.mac) return { is: "wrong" };
  return at === null ? { is: "whole" } : { is: "broken", at };
}

/** Which chain a doer's entries go to: several let transactions of PostgreSQL commit side by side. */
export function chainOf(doerId: string): number {
  let sum = 0;
  for (let at = 0; at < doerId.length; at++) sum = (sum * 31 + doerId.charCodeAt(at)) >>> 0;
  return sum % CHAINS;
}
