import { failure } from "../../kernel/errors/catalogue.ts";
import { procedure, type Tx } from "../../platform/database/port.ts";
import { done, type Witness } from "../audit/entry.ts";
import { record } from "../audit/store/record.ts";
import { bumpRevision } from "../identity/revision/store.ts";
import { projectLosses, untaggedChanges } from "./objections.ts";
import { bindFounder, insertProject } from "./store.ts";
import { columns, type ProjectRow } from "./store-read.ts";

interface Witnessed {
  readonly witness: Witness;
}

export interface CreateProject extends Witnessed {
  readonly name: string;
  readonly isPublic: boolean;
  readonly description: string | null;
}

/** Throws `project.exists`. */
export const createProject = procedure(
  "projects.create",
  async (tx, { witness, ...input }: CreateProject): Promise<string> => {
    const { doer, at: now } = witness;
    const id = await insertProject(tx, { ...input, principal: doer.id, now });
    if (id === undefined) throw failure("project.exists", { name: input.name });
    const founder = await bindFounder(tx, id, doer.id, now);
    await bumpRevision(tx);
    const { name, isPublic, description } = input;
    const details = { public: isPublic, description, founder };
    const object = { kind: "project", id, name };
    await record(tx, witness, [done("project.create", object, { project: id, details })]);
    return id;
  },
);

interface Target extends Witnessed {
  readonly id: string;
  /** What the caller has seen; null to change whatever is there. */
  readonly version: number | null;
}

/** The live project, held until the commit. Throws `project.unknown` and `rights.changed`. */
async function live(tx: Tx, { id, version }: Target): Promise<ProjectRow> {
  const row = await tx
    .selectFrom("projects")
    .select(columns)
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw failure("project.unknown", { name: id });
  if (version !== null && row.version !== version) {
    throw failure("rights.changed", { current: row.version });
  }
  return row;
}

export interface UpdateProject extends Target {
  readonly set: {
    readonly public?: number;
    readonly description?: string | null;
    /** JSON list of networks. */
    readonly addresses?: string | null;
    readonly untagged_after?: number | null;
  };
}

export const updateProject = procedure(
  "projects.update",
  async (tx, args: UpdateProject): Promise<void> => {
    const row = await live(tx, args);
    const changes = Object.entries(args.set)
      .map(([field, to]) => ({ field, from: row[field as keyof typeof args.set], to }))
      .filter(({ from, to }) => from !== to);
    if (changes.length === 0) return;
    await tx
      .updateTable("projects")
      .set({ ...args.set, version: row.version + 1 })
      .where("id", "=", row.id)
      .execute();
    await bumpRevision(tx);
    if (changes.some(({ field }) => field === "untagged_after")) {
      await untaggedChanges.ask(tx, { projectId: row.id, now: args.witness.at });
    }
    const object = { kind: "project", id: row.id, name: row.name };
    const entry = done("project.update", object, { project: row.id, details: { changes } });
    await record(tx, args.witness, [entry]);
  },
);

/** The robots of a project end for good: restoring the project does not bring them back. */
async function endRobots(tx: Tx, projectId: string, now: number): Promise<number> {
  const robots = await tx
    .updateTable("principals")
    .set((e) => ({
      deleted_at: now,
      generation: e("generation", "+", 1),
      version: e("version", "+", 1),
    }))
    .where("project_id", "=", projectId)
    .where("kind", "=", "robot")
    .where("deleted_at", "is", null)
    .returning("id")
    .execute();
  await tx
    .updateTable("tokens")
    // The purge goes by when a token ended.
    .set({ revoked_at: now, expires_at: now })
    .where("revoked_at", "is", null)
    .where("principal_id", "in", (e) =>
      e
        .selectFrom("principals")
        .select("id")
        .where("project_id", "=", projectId)
        .where("kind", "=", "robot"),
    )
    .execute();
  await tx
    .updateTable("trust_rules")
    .set({ deleted_at: now })
    .where("project_id", "=", projectId)
    .where("deleted_at", "is", null)
    .execute();
  return robots.length;
}

/**
 * Deletes a project with its repositories and robots. Its bindings stay with its id, which no other
 * project ever has, and so a new one of the name inherits nothing (A32).
 */
export const deleteProject = procedure(
  "projects.delete",
  async (tx, args: Target): Promise<void> => {
    const row = await live(tx, args);
    const { at: now } = args.witness;
    await projectLosses.ask(tx, row);
    await tx
      .updateTable("projects")
      .set({ deleted_at: now, version: row.version + 1 })
      .where("id", "=", row.id)
      .execute();
    const repositories = await tx
      .updateTable("repositories")
      .set({ deleted_at: now })
      .where("project_id", "=", row.id)
      .where("deleted_at", "is", null)
      .returning("id")
      .execute();
    const robots = await endRobots(tx, row.id, now);
    await bumpRevision(tx);
    const object = { kind: "project", id: row.id, name: row.name };
    const details = { repositories: repositories.length, robots };
    const entry = done("project.delete", object, { project: row.id, details });
    await record(tx, args.witness, [entry]);
  },
);

/** Throws `project.unknown` when it is not deleted, `project.exists` when its name is taken. */
export const restoreProject = procedure(
  "projects.restore",
  async (tx, { id, witness }: Omit<Target, "version">): Promise<void> => {
    const row = await tx
      .selectFrom("projects")
      .select(columns)
      .where("id", "=", id)
      .where("deleted_at", "is not", null)
      .where("emptied_at", "is", null)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) throw failure("project.unknown", { name: id });
    const taken = await tx
      .selectFrom("projects")
      .select("id")
      .where("name", "=", row.name)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    if (taken !== undefined) throw failure("project.exists", { name: row.name });
    await tx
      .updateTable("projects")
      .set({ deleted_at: null, version: row.version + 1 })
      .where("id", "=", id)
      .execute();
    // Those that went with it; what was deleted before stays deleted.
    const repositories = await tx
      .updateTable("repositories")
      .set({ deleted_at: null })
      .where("project_id", "=", id)
      .where("deleted_at", "=", row.deleted_at)
      .where("emptied_at", "is", null)
      .returning("id")
      .execute();
    await bumpRevision(tx);
    const object = { kind: "project", id, name: row.name };
    const details = { repositories: repositories.length };
    const entry = done("project.restore", object, { project: id, details });
    await record(tx, witness, [entry]);
  },
);

/** Takes a deleted project out of the trash for good. Throws `project.unknown` when it is not there. */
export const emptyProject = procedure(
  "projects.empty",
  async (tx, { id, witness }: Omit<Target, "version">): Promise<void> => {
    const row = await tx
      .updateTable("projects")
      .set({ emptied_at: witness.at })
      .where("id", "=", id)
      .where("deleted_at", "is not", null)
      .where("emptied_at", "is", null)
      .returning(["id", "name"])
      .executeTakeFirst();
    if (row === undefined) throw failure("project.unknown", { name: id });
    const object = { kind: "project", id, name: row.name };
    await record(tx, witness, [done("project.empty", object, { project: id })]);
  },
);

export const projectProcedures = [
  createProject,
  updateProject,
  deleteProject,
  restoreProject,
  emptyProject,
];
