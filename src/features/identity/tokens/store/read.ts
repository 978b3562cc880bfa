import type { Database } from "../../../../platform/database/port.ts";
import type { TokenKind } from "../../../../platform/database/schema/identity.ts";
import type { TokenRow } from "./write.ts";

export interface TokenRowsQuery {
  readonly principalId: string;
  readonly kinds: readonly TokenKind[];
  /** Null: expired and revoked ones too. */
  readonly liveAt: number | null;
  readonly after: string | null;
  readonly limit: number;
}

/** The reads of tokens outside of the hot paths. */
export function tokenReads(db: Database) {
  return {
    async find(id: string): Promise<TokenRow | undefined> {
      return await db.read.selectFrom("tokens").selectAll().where("id", "=", id).executeTakeFirst();
    },

    /** In the order in which they were made. */
    async list(ask: TokenRowsQuery): Promise<TokenRow[]> {
      let query = db.read
        .selectFrom("tokens")
        .selectAll()
        .where("principal_id", "=", ask.principalId)
        .where("kind", "in", ask.kinds);
      const { liveAt, after } = ask;
      if (liveAt !== null) {
        query = query.where((e) =>
          e.or([e("expires_at", "is", null), e("expires_at", ">", liveAt)]),
        );
      }
      if (after !== null) query = query.where("id", ">", after);
      return await query.orderBy("id").limit(ask.limit).execute();
    },
  };
}
