import { failure } from "../../../../kernel/errors/catalogue.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";
import { done, type Witness } from "../../../audit/entry.ts";
import { record } from "../../../audit/store/record.ts";
import { bumpRevision } from "../../revision/store.ts";

export interface EndSession {
  /** Whose it must be (A27). */
  readonly principalId: string;
  readonly id: string;
  readonly now: number;
  readonly witness: Witness;
}

/** Ends one session. Throws `session.unknown` when the principal has no such live one. */
export const endSession = procedure(
  "sessions.end",
  async (tx, { principalId, id, now, witness }: EndSession): Promise<void> => {
    const ended = await tx
      .updateTable("sessions")
      .set({ ended_at: now })
      .where("id", "=", id)
      .where("principal_id", "=", principalId)
      .where("ended_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    if (ended === undefined) throw failure("session.unknown");
    await bumpRevision(tx);
    await record(tx, witness, [done("session.end", { kind: "session", id, name: null })]);
  },
);

/** Ends the sessions of a principal in the caller's transaction; gives how many were alive. */
export async function endSessionsOf(
  tx: Tx,
  { principalId, except, now }: { principalId: string; except: string | null; now: number },
): Promise<number> {
  let query = tx
    .updateTable("sessions")
    .set({ ended_at: now })
    .where("principal_id", "=", principalId)
    .where("ended_at", "is", null);
  if (except !== null) query = query.where("id", "!=", except);
  const ended = await query.returning("id").execute();
  return ended.length;
}

export interface EndSessions {
  readonly principalId: string;
  /** The session that stays: the one that asks. */
  readonly except: string | null;
  readonly now: number;
  readonly witness: Witness;
}

/** Ends the sessions of a principal; gives how many there were. */
export const endSessions = procedure(
  "sessions.end-all",
  async (tx, args: EndSessions): Promise<number> => {
    const ended = await endSessionsOf(tx, args);
    if (ended === 0) return 0;
    await bumpRevision(tx);
    const object = { kind: "user", id: args.principalId, name: null };
    await record(tx, args.witness, [done("session.end_all", object, { details: { ended } })]);
    return ended;
  },
);

export interface Purge {
  /** Sessions that ended or expired before this go. */
  readonly before: number;
  readonly limit: number;
}

/** Removes rows of sessions long dead; gives how many went. */
export const purgeSessions = procedure(
  "sessions.purge",
  async (tx, { before, limit }: Purge): Promise<number> => {
    const dead = tx
      .selectFrom("sessions")
      .select("id")
      .where((e) => e.or([e("expires_at", "<", before), e("ended_at", "<", before)]))
      .limit(limit);
    const gone = await tx.deleteFrom("sessions").where("id", "in", dead).returning("id").execute();
    return gone.length;
  },
);
