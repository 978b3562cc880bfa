import type { Tx } from "../../../../platform/database/port.ts";
import type { TokenKind } from "../../../../platform/database/schema/identity.ts";

/**
 * Ends tokens of a principal at once and gives their ids. What was got with them ends too, since a
 * token counts only while its parents do. The time of expiry moves along, so that one index finds
 * all that is to be purged.
 */
export async function endTokens(
  tx: Tx,
  args: {
    readonly principalId: string;
    readonly kinds: readonly TokenKind[];
    readonly now: number;
  },
): Promise<string[]> {
  const rows = await tx
    .updateTable("tokens")
    .set({ revoked_at: args.now, expires_at: args.now })
    .where("principal_id", "=", args.principalId)
    .where("kind", "in", args.kinds)
    .where("revoked_at", "is", null)
    .where((e) => e.or([e("expires_at", "is", null), e("expires_at", ">", args.now)]))
    .returning("id")
    .execute();
  return rows.map((row) => row.id);
}

/** Ends all sessions of a principal, but for `except` where one is named. */
export async function endSessions(
  tx: Tx,
  principalId: string,
  now: number,
  except: string | null = null,
): Promise<void> {
  await tx
    .updateTable("sessions")
    .set({ ended_at: now })
    .where("principal_id", "=", principalId)
    .where("ended_at", "is", null)
    .$if(except !== null, (q) => q.where("id", "<>", except ?? ""))
    .execute();
}
