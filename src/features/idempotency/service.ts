import { createHmac } from "node:crypto";
import { type Clock, MINUTE } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Keyring } from "../../platform/sealing/keyring.ts";
import { claimKey, type IdempotencyDatabase, settleKey } from "./store.ts";

const KEY = /^[\x21-\x7e]{1,128}$/;

/** An answer as it is kept: without the secrets that are told once. */
export interface IdempotentAnswer {
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
}

export interface IdempotentRequest {
  readonly principalId: string;
  /** The `Idempotency-Key` header. */
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/**
 * Sees to it that a create that is repeated with the same key is done once. Requests are told apart
 * by a keyed hash: a body may hold a password, which a plain one would let a thief guess (A66).
 */
export function openIdempotency(
  db: IdempotencyDatabase,
  clock: Clock,
  keyring: Pick<Keyring, "derive">,
) {
  const secret = keyring.derive("idempotency");
  return {
    /**
     * Gives the answer that this request got before, or undefined: then it is the caller's to do,
     * and `settle` must be called. Throws `api.key_reused`, `api.under_way` or `api.invalid`.
     */
    async claim(asked: IdempotentRequest): Promise<IdempotentAnswer | undefined> {
      const { principalId, key } = asked;
      if (!KEY.test(key)) {
        throw failure("api.invalid", { problems: "Idempotency-Key: 1–128 printable characters" });
      }
      const parts = [asked.method, asked.path, asked.body].map((part) => `${part.length}:${part}`);
      const request = createHmac("sha256", secret).update(parts.join("")).digest("hex");
      const now = clock.now();
      const claim = { principalId, key, request, now, staleAfter: MINUTE };
      const kept = await db.write(claimKey, claim);
      if (kept === undefined) return undefined;
      if (kept.request !== request) throw failure("api.key_reused");
      if (kept.status === 0) throw failure("api.under_way");
      return { status: kept.status, body: kept.body, location: kept.location };
    },

    /** Keeps what was answered, or with undefined frees the key for another try. */
    settle(
      { principalId, key }: { readonly principalId: string; readonly key: string },
      answer: IdempotentAnswer | undefined,
    ): Promise<void> {
      return db.write(
        settleKey,
        answer === undefined ? { principalId, key } : { principalId, key, answer },
      );
    },
  };
}

export type Idempotency = ReturnType<typeof openIdempotency>;
