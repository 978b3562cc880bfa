import { newId } from "../../kernel/ids.ts";
import { type Database, procedure } from "../../platform/database/port.ts";

export interface PasswordRow {
  readonly id: string;
  readonly name: string;
  readonly administrator: number;
  readonly verifier: string;
}

export interface FirstAdministrator {
  readonly name: string;
  readonly verifier: string;
  readonly now: number;
}

/** Makes the administrator `name` with a password; false when the name is taken. */
export const makeAdministrator = procedure(
  "identity.make-administrator",
  async (tx, args: FirstAdministrator): Promise<boolean> => {
    const { name, verifier, now } = args;
    const id = newId(now);
    const made = await tx
      .insertInto("principals")
      .values({
        id,
        kind: "user",
        name,
        administrator: 1,
        created_at: now,
        disabled_at: null,
        deleted_at: null,
      })
      .onConflict((c) => c.column("name").where("deleted_at", "is", null).doNothing())
      .returning("id")
      .executeTakeFirst();
    if (made === undefined) return false;
    await tx
      .insertInto("credentials")
      .values({
        id: newId(now),
        principal_id: id,
        kind: "password",
        verifier,
        created_at: now,
        replaced_at: null,
      })
      .execute();
    return true;
  },
);

export const identityProcedures = [makeAdministrator];

/** The reads of principals, compiled once. */
export function identityReads(db: Database) {
  const password = db.prepare((q, p: { name: string }) =>
    q
      .selectFrom("principals as p")
      .innerJoin("credentials as c", "c.principal_id", "p.id")
      .select(["p.id", "p.name", "p.administrator", "c.verifier"])
      .where("p.name", "=", p.name)
      .where("p.deleted_at", "is", null)
      .where("p.disabled_at", "is", null)
      .where("c.kind", "=", "password")
      .where("c.replaced_at", "is", null)
      .compile(),
  );
  return {
    /** The live principal of that name with its password's verifier. */
    async password(name: string): Promise<PasswordRow | undefined> {
      return (await password({ name }))[0];
    },
    async anyAdministrator(): Promise<boolean> {
      const row = await db.read
        .selectFrom("principals")
        .select("id")
        .where("administrator", "=", 1)
        .where("deleted_at", "is", null)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

export type IdentityReads = ReturnType<typeof identityReads>;
