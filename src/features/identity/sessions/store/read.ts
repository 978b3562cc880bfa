import type { Database } from "../../../../platform/database/port.ts";

/** The reads of sessions, compiled once. */
export function sessionReads(db: Database) {
  const find = db.prepare((q, p: { verifier: string }) =>
    q
      .selectFrom("sessions as s")
      // A session of an older generation is dead: the password changed, a factor was reset (A39).
      .innerJoin("principals as p", (join) =>
        join.onRef("p.id", "=", "s.principal_id").onRef("p.generation", "=", "s.generation"),
      )
      .select((e) => [
        "s.id",
        "s.principal_id",
        "s.generation",
        "s.provider",
        "s.claims",
        "s.created_at",
        "s.last_seen_at",
        "s.expires_at",
        "s.second_factor_at",
        "s.confirmed_at",
        "p.name",
        "p.origin",
        "p.must_change_password",
        e
          .selectFrom("factors as f")
          .select((f) => f.fn.countAll<number>().as("count"))
          .whereRef("f.principal_id", "=", "s.principal_id")
          .where("f.kind", "in", ["totp", "passkey"])
          .where("f.confirmed_at", "is not", null)
          .as("factors"),
      ])
      .where("s.verifier", "=", p.verifier)
      .where("s.ended_at", "is", null)
      .where("p.disabled_at", "is", null)
      .where("p.deleted_at", "is", null)
      .compile(),
  );
  return {
    /** The session of a cookie's verifier that nobody ended; it may have expired. */
    async find(verifier: string) {
      return (await find({ verifier }))[0];
    },
    /** Sessions of a principal that were not ended and are of its generation, newest first. */
    list(principalId: string, now: number) {
      return db.read
        .selectFrom("sessions as s")
        .innerJoin("principals as p", (join) =>
          join.onRef("p.id", "=", "s.principal_id").onRef("p.generation", "=", "s.generation"),
        )
        .select([
          "s.id",
          "s.provider",
          "s.created_at",
          "s.last_seen_at",
          "s.expires_at",
          "s.second_factor_at",
          "s.address",
          "s.user_agent",
        ])
        .where("s.principal_id", "=", principalId)
        .where("s.ended_at", "is", null)
        .where("s.expires_at", ">", now)
        .orderBy("s.id", "desc")
        .limit(200)
        .execute();
    },
  };
}
