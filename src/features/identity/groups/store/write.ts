import type { Selectable } from "kysely";
import { failure } from "../../../../kernel/errors/catalogue.ts";
import { newId } from "../../../../kernel/ids.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";
import type { GroupsTable } from "../../../../platform/database/schema/identity.ts";
import { done, type Witness } from "../../../audit/entry.ts";
import { record } from "../../../audit/store/record.ts";
import { bumpRevision } from "../../revision/store.ts";
import { checkVersion } from "../../texts.ts";

export type GroupRow = Selectable<GroupsTable>;

/** The live group, locked until the commit. Throws `identity.unknown`. */
export async function lockGroup(tx: Tx, id: string): Promise<GroupRow> {
  const row = await tx
    .selectFrom("groups")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw failure("identity.unknown", { kind: "group", id });
  return row;
}

async function refuseTaken(tx: Tx, name: string): Promise<void> {
  const taken = await tx
    .selectFrom("groups")
    .select("id")
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (taken !== undefined) throw failure("identity.name_taken", { name });
}

export interface CreateGroup {
  readonly name: string;
  readonly description: string | null;
  readonly witness: Witness;
}

/** Throws `identity.name_taken`. */
export const createGroup = procedure(
  "identity.create-group",
  async (tx, { name, description, witness }: CreateGroup): Promise<GroupRow> => {
    const row = await tx
      .insertInto("groups")
      .values({
        id: newId(witness.at),
        name,
        description,
        created_at: witness.at,
        deleted_at: null,
        version: 1,
      })
      .onConflict((c) => c.column("name").where("deleted_at", "is", null).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw failure("identity.name_taken", { name });
    await bumpRevision(tx);
    const object = { kind: "group", id: row.id, name };
    await record(tx, witness, [done("group.create", object, { details: { description } })]);
    return row;
  },
);

export interface UpdateGroup {
  readonly id: string;
  readonly version: number | null;
  readonly change: { readonly name?: string; readonly description?: string | null };
  readonly witness: Witness;
}

/** Throws `identity.unknown`, `identity.name_taken`, `api.precondition`. */
export const updateGroup = procedure(
  "identity.update-group",
  async (tx, { id, version, change, witness }: UpdateGroup): Promise<GroupRow> => {
    const row = await lockGroup(tx, id);
    checkVersion(row.version, version);
    const { name = row.name, description = row.description } = change;
    const details: Record<string, unknown> = {};
    if (name !== row.name) {
      await refuseTaken(tx, name);
      details.name = { from: row.name, to: name };
    }
    if (description !== row.description) {
      details.description = { from: row.description, to: description };
    }
    if (Object.keys(details).length === 0) return row;
    const changed = await tx
      .updateTable("groups")
      .set({ name, description, version: row.version + 1 })
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await bumpRevision(tx);
    await record(tx, witness, [done("group.update", { kind: "group", id, name }, { details })]);
    return changed;
  },
);

/** Its members lose at once what it gave them. Throws `identity.unknown`. */
export const deleteGroup = procedure(
  "identity.delete-group",
  async (tx, { id, witness }: { id: string; witness: Witness }): Promise<void> => {
    const { name } = await lockGroup(tx, id);
    await tx.updateTable("groups").set({ deleted_at: witness.at }).where("id", "=", id).execute();
    await tx.deleteFrom("group_members").where("group_id", "=", id).execute();
    await tx.deleteFrom("group_links").where("group_id", "=", id).execute();
    await bumpRevision(tx);
    await record(tx, witness, [done("group.delete", { kind: "group", id, name })]);
  },
);

export const groupProcedures = [createGroup, updateGroup, deleteGroup];
