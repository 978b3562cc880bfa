import { failure } from "../../../kernel/errors/catalogue.ts";
import { newId } from "../../../kernel/ids.ts";
import { type Database, procedure, type Tx } from "../../../platform/database/port.ts";
import type { RolesTable } from "../../../platform/database/schema/access.ts";
import { done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import { bumpRevision } from "../../identity/revision/store.ts";
import { permissionsOf } from "../roles/rules.ts";

export interface CreateRole {
  readonly projectId: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly permissions: readonly string[];
  readonly secondFactor: boolean;
  readonly witness: Witness;
}

function objectOf({ id, name }: Pick<RolesTable, "id" | "name">) {
  return { kind: "role", id, name };
}

/** Throws `role.name_taken`, and `project.unknown` when the project is gone. */
export const createRole = procedure(
  "access.create-role",
  async (tx, args: CreateRole): Promise<string> => {
    const { projectId, name, description, permissions, secondFactor, witness } = args;
    if (projectId !== null) await holdProject(tx, projectId);
    const id = newId(witness.at);
    const made = await tx
      .insertInto("roles")
      .values({
        id,
        project_id: projectId,
        name,
        description,
        permissions: JSON.stringify(permissions),
        second_factor: secondFactor ? 1 : 0,
        created_at: witness.at,
        deleted_at: null,
        version: 1,
      })
      .onConflict((c) => c.doNothing())
      .returning("id")
      .executeTakeFirst();
    if (made === undefined) throw failure("role.name_taken", { name });
    await bumpRevision(tx);
    const details = { description, permissions, secondFactor };
    const entry = done("role.create", objectOf({ id, name }), { project: projectId, details });
    await record(tx, witness, [entry]);
    return id;
  },
);

/** Holds a live project until the commit; throws `project.unknown`. */
export async function holdProject(tx: Tx, id: string): Promise<void> {
  const row = await tx
    .selectFrom("projects")
    .select("id")
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .forKeyShare()
    .executeTakeFirst();
  if (row === undefined) throw failure("project.unknown", { name: id });
}

interface Target {
  readonly projectId: string | null;
  readonly id: string;
  readonly version: number | null;
  readonly witness: Witness;
}

/** The role, which must be the project's own (A27), held until the commit. */
async function held(tx: Tx, { projectId, id, version }: Target) {
  const row = await tx
    .selectFrom("roles")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined || row.project_id !== projectId) {
    throw failure("role.unknown", { role: id });
  }
  if (version !== null && row.version !== version) {
    throw failure("rights.changed", { current: row.version });
  }
  return row;
}

export interface UpdateRole extends Target {
  readonly description: string | null;
  readonly permissions: readonly string[];
  readonly secondFactor: boolean;
}

export const updateRole = procedure(
  "access.update-role",
  async (tx, args: UpdateRole): Promise<void> => {
    const { id, description, permissions, secondFactor, witness } = args;
    const row = await held(tx, args);
    await tx
      .updateTable("roles")
      .set({
        description,
        permissions: JSON.stringify(permissions),
        second_factor: secondFactor ? 1 : 0,
        version: row.version + 1,
      })
      .where("id", "=", id)
      .execute();
    await bumpRevision(tx);
    const before = permissionsOf(row.permissions);
    const details = {
      added: permissions.filter((each) => !before.includes(each)),
      removed: before.filter((each) => !permissions.includes(each)),
      description: { from: row.description, to: description },
      secondFactor: { from: row.second_factor === 1, to: secondFactor },
    };
    const entry = done("role.update", objectOf(row), { project: row.project_id, details });
    await record(tx, witness, [entry]);
  },
);

/** How many bindings a refusal names. */
const NAMED = 5;

/** Throws `role.bound` while a binding gives the role in the system or in a live project. */
export const deleteRole = procedure("access.delete-role", async (tx, args: Target) => {
  const row = await held(tx, args);
  const bound = await tx
    .selectFrom("bindings as b")
    .leftJoin("projects as p", "p.id", "b.project_id")
    .select("b.id")
    .where("b.role", "=", args.id)
    .where("p.deleted_at", "is", null)
    .orderBy("b.id")
    .execute();
  if (bound.length > 0) {
    const bindings = bound.slice(0, NAMED).map(({ id }) => id);
    throw failure("role.bound", { role: row.name, count: bound.length, bindings });
  }
  await tx
    .updateTable("roles")
    .set({ deleted_at: args.witness.at, version: row.version + 1 })
    .where("id", "=", args.id)
    .execute();
  await bumpRevision(tx);
  const entry = done("role.delete", objectOf(row), { project: row.project_id });
  await record(tx, args.witness, [entry]);
});

export const roleProcedures = [createRole, updateRole, deleteRole];

/** The reads of custom roles. */
export function roleReads(db: Database) {
  return {
    /** A live one, of whatever project. */
    get(id: string): Promise<RolesTable | undefined> {
      return db.read
        .selectFrom("roles")
        .selectAll()
        .where("id", "=", id)
        .where("deleted_at", "is", null)
        .executeTakeFirst();
    },
    /** Those that can be used in a project (null: in the system), by id, after `after`. */
    page(projectId: string | null, after: string, limit: number): Promise<RolesTable[]> {
      return db.read
        .selectFrom("roles")
        .selectAll()
        .where("deleted_at", "is", null)
        .where((e) =>
          projectId === null
            ? e("project_id", "is", null)
            : e.or([e("project_id", "is", null), e("project_id", "=", projectId)]),
        )
        .where("id", ">", after)
        .orderBy("id")
        .limit(limit)
        .execute();
    },
  };
}
