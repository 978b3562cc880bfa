import type { Database } from "../../../../platform/database/port.ts";

/** The reads of second factors. */
export function factorReads(db: Database) {
  const byCredential = db.prepare((q, p: { credential: string }) =>
    q
      .selectFrom("factors as f")
      .innerJoin("principals as p", "p.id", "f.principal_id")
      .select(["f.id", "f.principal_id", "f.secret", "f.transports", "p.name", "p.origin"])
      .where("f.credential_id", "=", p.credential)
      .where("f.kind", "=", "passkey")
      .where("f.confirmed_at", "is not", null)
      .where("p.disabled_at", "is", null)
      .where("p.deleted_at", "is", null)
      .compile(),
  );
  return {
    /** The confirmed passkey of a credential id, with the live principal that it belongs to. */
    async passkey(credential: string) {
      return (await byCredential({ credential }))[0];
    },
    /** The confirmed factors of a principal that a person shows, oldest first. */
    shown(principalId: string) {
      return db.read
        .selectFrom("factors")
        .select(["id", "kind", "name", "credential_id", "transports", "created_at", "last_used_at"])
        .where("principal_id", "=", principalId)
        .where("kind", "in", ["totp", "passkey"])
        .where("confirmed_at", "is not", null)
        .orderBy("id")
        .execute();
    },
    /** What codes are checked against: of `totp` the confirmed ones, of `recovery` the unspent. */
    secrets(principalId: string, kind: "totp" | "recovery") {
      return db.read
        .selectFrom("factors")
        .select(["id", "secret"])
        .where("principal_id", "=", principalId)
        .where("kind", "=", kind)
        .where("confirmed_at", "is not", null)
        .where("spent_at", "is", null)
        .orderBy("id")
        .execute();
    },
    /** An authenticator app that was begun and not confirmed since `since`. */
    unconfirmed(principalId: string, id: string, since: number) {
      return db.read
        .selectFrom("factors")
        .select(["id", "secret"])
        .where("id", "=", id)
        .where("principal_id", "=", principalId)
        .where("kind", "=", "totp")
        .where("confirmed_at", "is", null)
        .where("created_at", ">", since)
        .executeTakeFirst();
    },
    async recoveryLeft(principalId: string): Promise<number> {
      const { count } = await db.read
        .selectFrom("factors")
        .select((e) => e.fn.countAll<number>().as("count"))
        .where("principal_id", "=", principalId)
        .where("kind", "=", "recovery")
        .where("spent_at", "is", null)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    /** Sealed secrets in the order of ids, for sealing them anew. */
    sealed(after: string, limit: number) {
      return db.read
        .selectFrom("factors")
        .select(["id", "secret"])
        .where("kind", "in", ["totp", "recovery"])
        .where("id", ">", after)
        .orderBy("id")
        .limit(limit)
        .execute();
    },
  };
}

export type FactorReads = ReturnType<typeof factorReads>;
