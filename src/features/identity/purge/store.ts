import { DAY } from "../../../kernel/clock.ts";
import { procedure } from "../../../platform/database/port.ts";

/** Ended tokens stay for a while, so that people see what became of theirs. */
export const KEEP_TOKENS = 30 * DAY;
const KEEP_KEYS = DAY;

export interface PurgeIdentity {
  readonly now: number;
  /** Most rows of a kind that one transaction takes. */
  readonly limit: number;
}

export interface Purged {
  readonly tokens: number;
  readonly counters: number;
  readonly idempotencyKeys: number;
}

/** Takes away rows that nothing asks for any more: the oldest first. */
export const purgeIdentity = procedure(
  "identity.purge",
  async (tx, { now, limit }: PurgeIdentity): Promise<Purged> => {
    const tokens = await tx
      .selectFrom("tokens")
      .select("id")
      .where("expires_at", "<", now - KEEP_TOKENS)
      // A robot's next secret has the limits of its last one, however long that is over (A38).
      .where((e) =>
        e.or([
          e("kind", "<>", "robot"),
          e.exists(
            e
              .selectFrom("tokens as later")
              .select("later.id")
              .whereRef("later.principal_id", "=", "tokens.principal_id")
              .where("later.kind", "=", "robot")
              .whereRef("later.id", ">", "tokens.id"),
          ),
        ]),
      )
      .orderBy("expires_at")
      .limit(limit)
      .execute();
    if (tokens.length > 0) {
      const ids = tokens.map((row) => row.id);
      await tx.deleteFrom("tokens").where("id", "in", ids).execute();
    }
    const counters = await tx
      .selectFrom("counters")
      .select(["name", "subject"])
      .where("window_end", "<", now)
      .orderBy("window_end")
      .limit(limit)
      .execute();
    for (const { name, subject } of counters) {
      // Checked again: one that counts anew since then stays.
      await tx
        .deleteFrom("counters")
        .where("name", "=", name)
        .where("subject", "=", subject)
        .where("window_end", "<", now)
        .execute();
    }
    const keys = await tx
      .selectFrom("idempotency_keys")
      .select(["principal_id", "key"])
      .where("created_at", "<", now - KEEP_KEYS)
      .orderBy("created_at")
      .limit(limit)
      .execute();
    for (const { principal_id, key } of keys) {
      await tx
        .deleteFrom("idempotency_keys")
        .where("principal_id", "=", principal_id)
        .where("key", "=", key)
        .where("created_at", "<", now - KEEP_KEYS)
        .execute();
    }
    return {
      tokens: tokens.length,
      counters: counters.length,
      idempotencyKeys: keys.length,
    };
  },
);

export const purgeProcedures = [purgeIdentity];
