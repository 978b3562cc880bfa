import { failure } from "../../../../kernel/errors/catalogue.ts";
import { procedure } from "../../../../platform/database/port.ts";
import { type AuditEntry, done, type Witness } from "../../../audit/entry.ts";
import { record } from "../../../audit/store/record.ts";
import { bumpRevision } from "../../revision/store.ts";
import { endSessionsOf } from "../../sessions/store/end.ts";
import { lockPrincipal, replaceCodes, type SealedCode } from "./enrol.ts";

export interface RemoveFactor {
  /** Whose it must be (A27). */
  readonly principalId: string;
  readonly id: string;
  readonly witness: Witness;
}

/** Removes a factor, and with the last one the recovery codes. Throws `factor.unknown`. */
export const removeFactor = procedure(
  "factors.remove",
  async (tx, { principalId, id, witness }: RemoveFactor): Promise<void> => {
    await lockPrincipal(tx, principalId);
    const removed = await tx
      .deleteFrom("factors")
      .where("id", "=", id)
      .where("principal_id", "=", principalId)
      .where("kind", "in", ["totp", "passkey"])
      .returning(["kind", "name"])
      .executeTakeFirst();
    if (removed === undefined) throw failure("factor.unknown");
    const { kind, name } = removed;
    const left = await tx
      .selectFrom("factors")
      .select("id")
      .where("principal_id", "=", principalId)
      .where("kind", "in", ["totp", "passkey"])
      .where("confirmed_at", "is not", null)
      .executeTakeFirst();
    if (left === undefined) {
      await tx
        .deleteFrom("factors")
        .where("principal_id", "=", principalId)
        .where("kind", "=", "recovery")
        .execute();
    }
    await bumpRevision(tx);
    const details = { last: left === undefined };
    await record(tx, witness, [done("factor.remove", { kind, id, name }, { details })]);
  },
);

export interface Regenerate {
  readonly principalId: string;
  readonly codes: readonly SealedCode[];
  readonly now: number;
  readonly witness: Witness;
}

/** Puts new recovery codes in the place of the old. Throws `factor.none`. */
export const regenerateCodes = procedure(
  "factors.regenerate",
  async (tx, args: Regenerate): Promise<void> => {
    await lockPrincipal(tx, args.principalId);
    const factor = await tx
      .selectFrom("factors")
      .select("id")
      .where("principal_id", "=", args.principalId)
      .where("kind", "in", ["totp", "passkey"])
      .where("confirmed_at", "is not", null)
      .executeTakeFirst();
    if (factor === undefined) throw failure("factor.none");
    await replaceCodes(tx, args);
    const object = { kind: "recovery", id: null, name: null };
    const details = { codes: args.codes.length };
    await record(tx, args.witness, [done("factor.regenerate", object, { details })]);
  },
);

export interface ResetFactors {
  readonly principalId: string;
  readonly now: number;
  readonly witness: Witness;
}

/**
 * Takes all factors from somebody who lost them, and ends everything that they had opened.
 * Gives how many factors there were. Throws `identity.unknown`.
 */
export const resetFactors = procedure(
  "factors.reset",
  async (tx, { principalId, now, witness }: ResetFactors): Promise<number> => {
    const principal = await tx
      .updateTable("principals")
      .set((e) => ({ generation: e("generation", "+", 1) }))
      .where("id", "=", principalId)
      .where("kind", "=", "user")
      .where("deleted_at", "is", null)
      .returning("name")
      .executeTakeFirst();
    if (principal === undefined) {
      throw failure("identity.unknown", { kind: "user", id: principalId });
    }
    const gone = await tx
      .deleteFrom("factors")
      .where("principal_id", "=", principalId)
      .returning("kind")
      .execute();
    const ended = await endSessionsOf(tx, { principalId, except: null, now });
    await bumpRevision(tx);
    const count = (kind: string) => gone.filter((each) => each.kind === kind).length;
    const factors = count("totp") + count("passkey");
    const details = { totp: count("totp"), passkey: count("passkey"), ended };
    const object = { kind: "user", id: principalId, name: principal.name };
    const entries: AuditEntry[] = [done("factor.reset", object, { details })];
    await record(tx, witness, entries);
    return factors;
  },
);

export interface Reseal {
  readonly id: string;
  /** The value that was read: one that changed since stays. */
  readonly from: string;
  readonly to: string;
}

/** Writes secrets that were sealed anew with the current key; gives how many. */
export const resealFactors = procedure(
  "factors.reseal",
  async (tx, list: readonly Reseal[]): Promise<number> => {
    let count = 0;
    for (const { id, from, to } of list) {
      const written = await tx
        .updateTable("factors")
        .set({ secret: to })
        .where("id", "=", id)
        .where("secret", "=", from)
        .returning("id")
        .executeTakeFirst();
      if (written !== undefined) count += 1;
    }
    return count;
  },
);

/** Removes enrolments that nobody finished since `before`; gives how many. */
export const purgeUnconfirmed = procedure(
  "factors.purge",
  async (tx, { before, limit }: { before: number; limit: number }): Promise<number> => {
    const stale = tx
      .selectFrom("factors")
      .select("id")
      .where("confirmed_at", "is", null)
      .where("created_at", "<", before)
      .limit(limit);
    const gone = await tx.deleteFrom("factors").where("id", "in", stale).returning("id").execute();
    return gone.length;
  },
);
