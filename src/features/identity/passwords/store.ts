import type { Database } from "../../../platform/database/port.ts";

export interface PasswordRow {
  readonly id: string;
  readonly kind: "user" | "robot";
  readonly name: string;
  readonly origin: string;
  readonly administrator: number;
  /** Null where the password is kept elsewhere, or there is none. */
  readonly verifier: string | null;
}

/** The reads of passwords, compiled once. */
export function passwordReads(db: Database) {
  const account = db.prepare((q, p: { name: string }) =>
    q
      .selectFrom("principals as p")
      .leftJoin("credentials as c", (join) =>
        join
          .onRef("c.principal_id", "=", "p.id")
          .on("c.kind", "=", "password")
          .on("c.replaced_at", "is", null),
      )
      .select(["p.id", "p.kind", "p.name", "p.origin", "p.administrator", "c.verifier"])
      .where("p.name", "=", p.name)
      .where("p.deleted_at", "is", null)
      .$castTo<PasswordRow>()
      .compile(),
  );
  return {
    /** The principal of that name unless it is deleted; a disabled one too. */
    async account(name: string): Promise<PasswordRow | undefined> {
      return (await account({ name }))[0];
    },
  };
}

export type PasswordReads = ReturnType<typeof passwordReads>;
