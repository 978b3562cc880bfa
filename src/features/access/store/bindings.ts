import { failure } from "../../../kernel/errors/catalogue.ts";
import { newId } from "../../../kernel/ids.ts";
import { excerpt } from "../../../oci/excerpt.ts";
import { procedure, type Tx } from "../../../platform/database/port.ts";
import type {
  BindingScope,
  BindingSubject,
  BindingsTable,
} from "../../../platform/database/schema/access.ts";
import { done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import { bumpRevision } from "../../identity/revision/store.ts";
import { holdProject } from "./roles.ts";

/** What a binding says, in the columns that hold it. */
export interface Terms {
  readonly role: string;
  readonly scope: BindingScope;
  readonly repository_pattern: string | null;
  readonly tag_pattern: string | null;
  readonly condition: string | null;
  readonly expires_at: number | null;
}

export interface CreateBinding {
  readonly subjectKind: BindingSubject;
  /** "" for `authenticated` and `everyone`. */
  readonly subjectId: string;
  readonly projectId: string | null;
  readonly terms: Terms;
  /** Whether the role is part of the program, and so always there. */
  readonly builtIn: boolean;
  readonly witness: Witness;
}

/** The subject's name; throws `binding.subject_unknown` for one that is gone or cannot be here. */
async function subjectName(tx: Tx, args: CreateBinding): Promise<string | null> {
  const { subjectKind: kind, subjectId: id, projectId } = args;
  if (kind === "authenticated" || kind === "everyone") return null;
  const unknown = () => failure("binding.subject_unknown", { kind, id: excerpt(id) });
  if (kind === "group") {
    const group = await tx
      .selectFrom("groups")
      .select("name")
      .where("id", "=", id)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    if (group === undefined) throw unknown();
    return group.name;
  }
  const principal = await tx
    .selectFrom("principals")
    .select(["name", "project_id"])
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  // A project's robot works in its project: its secret is in the hands of that project.
  const isElsewhere = principal?.project_id !== null && principal?.project_id !== projectId;
  if (principal === undefined || isElsewhere) throw unknown();
  return principal.name;
}

/** Holds a custom role until the commit, so that it is not deleted meanwhile. Throws `role.unknown`. */
async function holdRole(tx: Tx, role: string, projectId: string | null): Promise<void> {
  const row = await tx
    .selectFrom("roles")
    .select("project_id")
    .where("id", "=", role)
    .where("deleted_at", "is", null)
    .forKeyShare()
    .executeTakeFirst();
  if (row === undefined || (row.project_id !== null && row.project_id !== projectId)) {
    throw failure("role.unknown", { role: excerpt(role) });
  }
}

async function refuseTwin(tx: Tx, args: CreateBinding): Promise<void> {
  const { subjectKind, subjectId, projectId, terms } = args;
  const rows = await tx
    .selectFrom("bindings")
    .select(["id", "project_id", "scope", "repository_pattern", "tag_pattern", "condition"])
    .where("subject_id", "=", subjectId)
    .where("subject_kind", "=", subjectKind)
    .where("role", "=", terms.role)
    .execute();
  const twin = rows.find(
    (row) =>
      row.project_id === projectId &&
      row.scope === terms.scope &&
      row.repository_pattern === terms.repository_pattern &&
      row.tag_pattern === terms.tag_pattern &&
      row.condition === terms.condition,
  );
  if (twin !== undefined) throw failure("binding.exists", { id: twin.id });
}

/**
 * Throws `project.unknown`, `binding.subject_unknown`, `role.unknown`, and `binding.exists` when
 * there is one that differs in its expiry at most.
 */
export const createBinding = procedure(
  "access.create-binding",
  async (tx, args: CreateBinding): Promise<string> => {
    const { subjectKind, subjectId, projectId, terms, builtIn, witness } = args;
    if (projectId !== null) await holdProject(tx, projectId);
    const name = await subjectName(tx, args);
    if (!builtIn) await holdRole(tx, terms.role, projectId);
    await refuseTwin(tx, args);
    const id = newId(witness.at);
    await tx
      .insertInto("bindings")
      .values({
        id,
        subject_kind: subjectKind,
        subject_id: subjectId,
        project_id: projectId,
        ...terms,
        created_at: witness.at,
        created_by: witness.doer.id,
        version: 1,
      })
      .execute();
    await bumpRevision(tx);
    const subject = { kind: subjectKind, id: subjectId === "" ? null : subjectId, name };
    const object = { kind: "binding", id, name: name ?? subjectKind };
    const details = { subject, ...terms };
    await record(tx, witness, [done("binding.create", object, { project: projectId, details })]);
    return id;
  },
);

interface Target {
  readonly projectId: string | null;
  readonly id: string;
  readonly version: number | null;
  readonly witness: Witness;
}

/** The binding, which must be the project's own (A27), held until the commit. */
async function held(tx: Tx, { projectId, id, version }: Target): Promise<BindingsTable> {
  const row = await tx
    .selectFrom("bindings")
    .selectAll()
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined || row.project_id !== projectId) {
    throw failure("binding.unknown", { id: excerpt(id) });
  }
  if (version !== null && row.version !== version) {
    throw failure("rights.changed", { current: row.version });
  }
  return row;
}

function objectOf({ id, subject_kind: kind, subject_id: subject }: BindingsTable) {
  return { kind: "binding", id, name: subject === "" ? kind : `${kind} ${subject}` };
}

function termsOf(row: BindingsTable): Terms {
  const { role, scope, repository_pattern, tag_pattern, condition, expires_at } = row;
  return { role, scope, repository_pattern, tag_pattern, condition, expires_at };
}

export interface UpdateBinding extends Target {
  readonly terms: Terms;
  readonly builtIn: boolean;
}

export const updateBinding = procedure(
  "access.update-binding",
  async (tx, args: UpdateBinding): Promise<void> => {
    const { projectId, terms, builtIn, witness } = args;
    if (projectId !== null) await holdProject(tx, projectId);
    if (!builtIn) await holdRole(tx, terms.role, projectId);
    const row = await held(tx, args);
    await tx
      .updateTable("bindings")
      .set({ ...terms, version: row.version + 1 })
      .where("id", "=", row.id)
      .execute();
    await bumpRevision(tx);
    const details = { from: termsOf(row), to: terms };
    const more = { project: projectId, details };
    await record(tx, witness, [done("binding.update", objectOf(row), more)]);
  },
);

export const deleteBinding = procedure(
  "access.delete-binding",
  async (tx, args: Target): Promise<void> => {
    const row = await held(tx, args);
    await tx.deleteFrom("bindings").where("id", "=", row.id).execute();
    await bumpRevision(tx);
    const more = { project: row.project_id, details: { ...termsOf(row) } };
    await record(tx, args.witness, [done("binding.delete", objectOf(row), more)]);
  },
);

export const bindingProcedures = [createBinding, updateBinding, deleteBinding];
