import type { Selectable } from "kysely";
import { failure } from "../../../../kernel/errors/catalogue.ts";
import { newId } from "../../../../kernel/ids.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";
import type { TokenKind, TokensTable } from "../../../../platform/database/schema/identity.ts";
import { done, type Witness } from "../../../audit/entry.ts";
import { record } from "../../../audit/store/record.ts";
import { bumpRevision } from "../../revision/store.ts";

export type TokenRow = Selectable<TokensTable>;

export interface NewToken {
  readonly kind: TokenKind;
  readonly principalId: string;
  readonly name: string;
  readonly verifier: string;
  /** JSON, as the table has it. */
  readonly limits: string | null;
  readonly addresses: string | null;
  readonly claims: string | null;
  readonly parentId: string | null;
  readonly expiresAt: number | null;
  readonly now: number;
}

/**
 * Adds a token of a principal that may have one, of its present generation; tokens of one principal
 * are added one after the other, so that they can be counted. Throws
 * `identity.unknown` when it is gone or disabled meanwhile.
 */
export async function addToken(tx: Tx, token: NewToken): Promise<TokenRow> {
  const principal = await tx
    .selectFrom("principals")
    .select(["generation"])
    .where("id", "=", token.principalId)
    .where("deleted_at", "is", null)
    .where("disabled_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (principal === undefined) {
    throw failure("identity.unknown", { kind: "user", id: token.principalId });
  }
  return await tx
    .insertInto("tokens")
    .values({
      id: newId(token.now),
      kind: token.kind,
      principal_id: token.principalId,
      name: token.name,
      verifier: token.verifier,
      limits: token.limits,
      addresses: token.addresses,
      claims: token.claims,
      parent_id: token.parentId,
      generation: principal.generation,
      created_at: token.now,
      expires_at: token.expiresAt,
      last_used_at: null,
      last_used_address: null,
      revoked_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** What the log tells of a token that was made. */
export function tokenDetails(row: TokenRow): Record<string, unknown> {
  return {
    kind: row.kind,
    principal: row.principal_id,
    limits: row.limits === null ? null : JSON.parse(row.limits),
    addresses: row.addresses === null ? null : JSON.parse(row.addresses),
    parent: row.parent_id,
    expiresAt: row.expires_at,
  };
}

export interface IssueToken {
  readonly token: NewToken;
  /** Live ones of the kind that a principal may have. */
  readonly most: number;
  /** Whether the oldest make room for one more, or one more is refused. */
  readonly makeRoom: boolean;
  readonly witness: Witness;
}

/**
 * Adds a token. No cache holds that there is none, so the revision stays as it is unless others
 * made room. Throws `identity.unknown`, `identity.too_many`.
 */
export const issueToken = procedure(
  "identity.issue-token",
  async (tx, { token, most, makeRoom, witness }: IssueToken): Promise<TokenRow> => {
    const row = await addToken(tx, token);
    const beyond = await tx
      .selectFrom("tokens")
      .select("id")
      .where("principal_id", "=", token.principalId)
      .where("kind", "=", token.kind)
      .where((e) => e.or([e("expires_at", "is", null), e("expires_at", ">", token.now)]))
      .orderBy("id", "desc")
      .offset(most)
      .limit(50)
      .execute();
    if (beyond.length > 0) {
      if (!makeRoom) throw failure("identity.too_many", { kind: "tokens", limit: most });
      const ids = beyond.map((each) => each.id);
      await tx
        .updateTable("tokens")
        .set({ revoked_at: token.now, expires_at: token.now })
        .where("id", "in", ids)
        .execute();
      await bumpRevision(tx);
    }
    const object = { kind: "token", id: row.id, name: row.name };
    await record(tx, witness, [done("token.create", object, { details: tokenDetails(row) })]);
    return row;
  },
);

/** Ends a token at once; one that had ended stays as it is. Throws `identity.unknown`. */
export const revokeToken = procedure(
  "identity.revoke-token",
  async (tx, { id, witness }: { id: string; witness: Witness }): Promise<TokenRow> => {
    const row = await tx
      .selectFrom("tokens")
      .selectAll()
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) throw failure("identity.unknown", { kind: "token", id });
    const now = witness.at;
    if (row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= now)) return row;
    const revoked = await tx
      .updateTable("tokens")
      .set({ revoked_at: now, expires_at: now })
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await bumpRevision(tx);
    const details = { kind: row.kind, principal: row.principal_id };
    const object = { kind: "token", id, name: row.name };
    await record(tx, witness, [done("token.revoke", object, { details })]);
    return revoked;
  },
);

export interface TouchToken {
  readonly id: string;
  readonly address: string | null;
  readonly now: number;
  /** One that was noted after this is left alone. */
  readonly before: number;
}

/** Notes when and from where a token was used: nothing that anything is decided from. */
export const touchToken = procedure(
  "identity.touch-token",
  async (tx, { id, address, now, before }: TouchToken): Promise<void> => {
    await tx
      .updateTable("tokens")
      .set({ last_used_at: now, last_used_address: address })
      .where("id", "=", id)
      .where((e) => e.or([e("last_used_at", "is", null), e("last_used_at", "<=", before)]))
      .execute();
  },
);

export const tokenProcedures = [issueToken, revokeToken, touchToken];
