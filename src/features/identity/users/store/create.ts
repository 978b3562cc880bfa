import { failure } from "../../../../kernel/errors/catalogue.ts";
import { newId } from "../../../../kernel/ids.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";
import { done, type Witness } from "../../../audit/entry.ts";
import { record } from "../../../audit/store/record.ts";
import { bumpRevision } from "../../revision/store.ts";
import type { PrincipalRow } from "./rows.ts";

interface PrincipalStart {
  readonly kind: PrincipalRow["kind"];
  readonly name: string;
  readonly administrator?: boolean;
  readonly mustChange?: boolean;
  readonly displayName?: string | null;
  readonly email?: string | null;
  readonly description?: string | null;
  readonly projectId?: string | null;
  readonly now: number;
}

/** Adds a principal; undefined when a live one has the name. */
export async function addPrincipal(
  tx: Tx,
  start: PrincipalStart,
): Promise<PrincipalRow | undefined> {
  return await tx
    .insertInto("principals")
    .values({
      id: newId(start.now),
      kind: start.kind,
      name: start.name,
      administrator: start.administrator === true ? 1 : 0,
      must_change_password: start.mustChange === true ? 1 : 0,
      display_name: start.displayName ?? null,
      email: start.email ?? null,
      description: start.description ?? null,
      project_id: start.projectId ?? null,
      created_at: start.now,
      disabled_at: null,
      deleted_at: null,
    })
    .onConflict((c) => c.column("name").where("deleted_at", "is", null).doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** Makes `verifier` the one password of a principal. */
export async function putPassword(
  tx: Tx,
  principalId: string,
  verifier: string,
  now: number,
): Promise<void> {
  await tx
    .updateTable("credentials")
    .set({ replaced_at: now })
    .where("principal_id", "=", principalId)
    .where("kind", "=", "password")
    .where("replaced_at", "is", null)
    .execute();
  await tx
    .insertInto("credentials")
    .values({
      id: newId(now),
      principal_id: principalId,
      kind: "password",
      verifier,
      created_at: now,
      replaced_at: null,
    })
    .execute();
}

export interface CreateUser {
  readonly name: string;
  readonly verifier: string;
  readonly mustChange: boolean;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly description: string | null;
  readonly witness: Witness;
}

/** Makes a local account. Throws `identity.name_taken`. */
export const createUser = procedure(
  "identity.create-user",
  async (tx, args: CreateUser): Promise<PrincipalRow> => {
    const now = args.witness.at;
    const row = await addPrincipal(tx, { ...args, kind: "user", now });
    if (row === undefined) throw failure("identity.name_taken", { name: args.name });
    await putPassword(tx, row.id, args.verifier, now);
    await bumpRevision(tx);
    const { name, displayName, email, description, mustChange } = args;
    const details = { displayName, email, description, mustChangePassword: mustChange };
    await record(tx, args.witness, [
      done("user.create", { kind: "user", id: row.id, name }, { details }),
    ]);
    return row;
  },
);

export interface FirstAdministrator {
  readonly name: string;
  readonly verifier: string;
  readonly mustChange: boolean;
  readonly witness: Witness;
}

/** Makes the first administrator; false when the name is taken, or somebody is one already. */
export const makeAdministrator = procedure(
  "identity.make-administrator",
  async (tx, { name, verifier, mustChange, witness }: FirstAdministrator): Promise<boolean> => {
    const start = { kind: "user", name, administrator: true, mustChange, now: witness.at } as const;
    const row = await addPrincipal(tx, start);
    if (row === undefined) return false;
    await putPassword(tx, row.id, verifier, witness.at);
    await bumpRevision(tx);
    const details = { administrator: true, mustChangePassword: mustChange };
    await record(tx, witness, [
      done("user.create", { kind: "user", id: row.id, name }, { details }),
    ]);
    return true;
  },
);

export const createProcedures = [createUser, makeAdministrator];
