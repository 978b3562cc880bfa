import { newId } from "../../kernel/ids.ts";
import { procedure } from "../../platform/database/port.ts";
import type { AuditEntry, Witness } from "../audit/entry.ts";
import { record } from "../audit/store/record.ts";
import { bumpRevision } from "../identity/revision/store.ts";
import { ensureProject } from "../projects/store.ts";
import { accessProcedures } from "./procedures.ts";

interface NewPrincipal {
  readonly name: string;
  readonly kind: "user" | "robot";
  readonly administrator: boolean;
  readonly projectId: string | null;
}

/** Writes the row of a principal, as the identity room does. */
export const addPrincipal = procedure(
  "suite.add-principal",
  async (tx, { name, kind, administrator, projectId }: NewPrincipal): Promise<string> => {
    const id = newId();
    await tx
      .insertInto("principals")
      .values({
        id,
        kind,
        name,
        administrator: administrator ? 1 : 0,
        created_at: 0,
        disabled_at: null,
        deleted_at: null,
        project_id: projectId,
      })
      .execute();
    return id;
  },
);

/** Writes the row of a group. */
export const addGroup = procedure("suite.add-group", async (tx, name: string): Promise<string> => {
  const id = newId();
  await tx
    .insertInto("groups")
    .values({ id, name, description: null, created_at: 0, deleted_at: null, version: 1 })
    .execute();
  return id;
});

interface Push {
  readonly repository: string;
  readonly create: boolean;
  readonly principal: string;
  readonly witness: Witness;
}

/** Makes a repository, and its project where it may, as a push does. */
export const addRepository = procedure(
  "suite.add-repository",
  async (tx, { repository, create, principal, witness }: Push): Promise<string> => {
    const log: AuditEntry[] = [];
    const name = repository.slice(0, repository.indexOf("/"));
    const { at: now } = witness;
    const projectId = await ensureProject(tx, { name, create, principal, now }, log);
    await tx
      .insertInto("repositories")
      .values({
        id: newId(now),
        project_id: projectId,
        name: repository,
        created_at: now,
        deleted_at: null,
      })
      .execute();
    await record(tx, witness, log);
    return projectId;
  },
);

/** Deletes a repository by itself. */
export const deleteRepository = procedure(
  "suite.delete-repository",
  async (tx, { name, now }: { readonly name: string; readonly now: number }): Promise<void> => {
    await tx
      .updateTable("repositories")
      .set({ deleted_at: now })
      .where("name", "=", name)
      .execute();
  },
);

/** A change of another node, which tells nobody but the database. */
export const publish = procedure("suite.publish", async (tx, id: string): Promise<void> => {
  await tx.updateTable("projects").set({ public: 1 }).where("id", "=", id).execute();
  await bumpRevision(tx);
});

export const accessSuiteProcedures = [
  ...accessProcedures,
  addPrincipal,
  addGroup,
  addRepository,
  deleteRepository,
  publish,
];
