import type { Tx } from "../../../../../platform/database/port.ts";
import { type AuditEntry, done } from "../../../../audit/entry.ts";
import { bumpRevision } from "../../../revision/store.ts";
import type { Changes, Known } from "../rules.ts";
import type { IdentityKey } from "./read.ts";

/** Puts a principal into groups, and takes it out of others, by the word of `origin`. */
export async function changeGroups(
  tx: Tx,
  principalId: string,
  origin: string,
  { join, leave }: Pick<Changes, "join" | "leave">,
  now: number,
): Promise<void> {
  if (leave.length > 0) {
    await tx
      .deleteFrom("group_members")
      .where("principal_id", "=", principalId)
      .where("origin", "=", origin)
      .where("group_id", "in", [...leave])
      .execute();
  }
  for (const group_id of join) {
    await tx
      .insertInto("group_members")
      .values({ group_id, principal_id: principalId, origin, added_at: now })
      .onConflict((c) => c.columns(["group_id", "principal_id", "origin"]).doNothing())
      .execute();
  }
}

/** Brings an account up to date; gives back what is to be recorded. */
export async function changeAccount(
  tx: Tx,
  known: Known,
  changes: Changes,
  { provider, issuer, subject }: IdentityKey,
  now: number,
): Promise<AuditEntry[]> {
  const { principalId, name } = known;
  const { displayName, email, join, leave } = changes;
  const object = { kind: "user", id: principalId, name };
  const entries: AuditEntry[] = [];
  if (displayName !== undefined || email !== undefined) {
    await tx
      .updateTable("principals")
      .set((is) => ({
        ...(displayName === undefined ? {} : { display_name: displayName }),
        ...(email === undefined ? {} : { email }),
        version: is("version", "+", 1),
      }))
      .where("id", "=", principalId)
      .execute();
    const from = { displayName: known.displayName, email: known.email };
    const to = { displayName: displayName ?? from.displayName, email: email ?? from.email };
    entries.push(done("user.update", object, { details: { provider, from, to } }));
  }
  if (changes.provider !== undefined) {
    await tx
      .updateTable("identities")
      .set({ provider })
      .where("issuer", "=", issuer)
      .where("subject", "=", subject)
      .execute();
  }
  if (join.length > 0 || leave.length > 0) {
    await changeGroups(tx, principalId, provider, changes, now);
    await bumpRevision(tx);
    const details = { provider, joined: join, left: leave };
    entries.push(done("user.groups", object, { details }));
  }
  return entries;
}

/** Notes when an identity was last logged in with. */
export async function noteLogin(tx: Tx, of: IdentityKey, now: number): Promise<void> {
  await tx
    .updateTable("identities")
    .set({ last_login_at: now })
    .where("issuer", "=", of.issuer)
    .where("subject", "=", of.subject)
    .execute();
}
