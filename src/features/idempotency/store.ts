import { type Database, procedure } from "../../platform/database/port.ts";

export interface KeyClaim {
  readonly principalId: string;
  readonly key: string;
  /** Hex HMAC of what is asked. */
  readonly request: string;
  readonly now: number;
  /** A claim older than this whose request never ended is taken over. */
  readonly staleAfter: number;
}

export interface KeptAnswer {
  readonly request: string;
  /** 0 while the request is under way. */
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
}

/** Takes the key for this request (undefined), or gives what another one made of it. */
export const claimKey = procedure(
  "idempotency.claim",
  async (tx, args: KeyClaim): Promise<KeptAnswer | undefined> => {
    const { principalId: principal_id, key, request, now } = args;
    const fresh = { request, status: 0, body: "", location: null, created_at: now };
    const made = await tx
      .insertInto("idempotency_keys")
      .values({ principal_id, key, ...fresh })
      .onConflict((c) => c.columns(["principal_id", "key"]).doNothing())
      .returning("key")
      .executeTakeFirst();
    if (made !== undefined) return undefined;
    const row = await tx
      .selectFrom("idempotency_keys")
      .select(["request", "status", "body", "location", "created_at"])
      .where("principal_id", "=", principal_id)
      .where("key", "=", key)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return undefined;
    if (row.status !== 0 || row.created_at > now - args.staleAfter) return row;
    await tx
      .updateTable("idempotency_keys")
      .set(fresh)
      .where("principal_id", "=", principal_id)
      .where("key", "=", key)
      .execute();
    return undefined;
  },
);

export interface KeyOutcome {
  readonly principalId: string;
  readonly key: string;
  /** What was answered; left out when the request failed, so that it can be repeated. */
  readonly answer?: {
    readonly status: number;
    readonly body: string;
    readonly location: string | null;
  };
}

/** Keeps the answer under the key, or frees the key. */
export const settleKey = procedure(
  "idempotency.settle",
  async (tx, { principalId, key, answer }: KeyOutcome): Promise<void> => {
    if (answer === undefined) {
      await tx
        .deleteFrom("idempotency_keys")
        .where("principal_id", "=", principalId)
        .where("key", "=", key)
        .where("status", "=", 0)
        .execute();
      return;
    }
    await tx
      .updateTable("idempotency_keys")
      .set(answer)
      .where("principal_id", "=", principalId)
      .where("key", "=", key)
      .execute();
  },
);

export const idempotencyProcedures = [claimKey, settleKey];

export type IdempotencyDatabase = Pick<Database, "write">;
