import { newId } from "../../../../../kernel/ids.ts";
import type { Tx } from "../../../../../platform/database/port.ts";
import type { IdentityKey } from "./read.ts";

export interface Newcomer {
  readonly name: string;
  readonly displayName: string | null;
  readonly email: string | null;
}

/** Which of the two unique things was somebody else's. */
export type Taken = "name" | "identity";

/** Adds the account of an identity, which can have no password here. */
export async function addAccount(
  tx: Tx,
  { provider, issuer, subject }: IdentityKey,
  { name, displayName, email }: Newcomer,
  now: number,
): Promise<{ readonly id: string } | Taken> {
  const made = await tx
    .insertInto("principals")
    .values({
      id: newId(now),
      kind: "user",
      name,
      administrator: 0,
      origin: provider,
      display_name: displayName,
      email,
      created_at: now,
      disabled_at: null,
      deleted_at: null,
    })
    .onConflict((c) => c.column("name").where("deleted_at", "is", null).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) return "name";
  const joined = await tx
    .insertInto("identities")
    .values({
      id: newId(now),
      principal_id: made.id,
      provider,
      issuer,
      subject,
      created_at: now,
      last_login_at: null,
    })
    .onConflict((c) => c.columns(["issuer", "subject"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (joined !== undefined) return made;
  // Another transaction let the same person in at the same moment: theirs is the account.
  await tx.deleteFrom("principals").where("id", "=", made.id).execute();
  return "identity";
}
