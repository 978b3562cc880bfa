import { failure } from "../../kernel/errors/catalogue.ts";
import { eventRow } from "../../kernel/events.ts";
import { newId } from "../../kernel/ids.ts";
import type { Tx } from "../../platform/database/port.ts";
import { type AuditEntry, done } from "../audit/entry.ts";
import { bumpRevision } from "../identity/revision/store.ts";
import { projectGains } from "./objections.ts";
import { FOUNDER_ROLE } from "./rules.ts";

export interface EnsureProject {
  readonly name: string;
  /** Whether a project that is not there yet may come into being by a push. */
  readonly create: boolean;
  /** Whose push it is. */
  readonly principal: string;
  readonly now: number;
}

/**
 * Gives the id of the live project `name`; makes it when it may, else throws `project.unknown`.
 * What is to be recorded of that is added to `log`, for the caller to record last of all. The row
 * is held until the commit, so that nothing comes into a project while it is deleted.
 */
export async function ensureProject(
  tx: Tx,
  { name, create, principal, now }: EnsureProject,
  log: AuditEntry[] = [],
): Promise<string> {
  const find = () =>
    tx
      .selectFrom("projects")
      .select("id")
      .where("name", "=", name)
      .where("deleted_at", "is", null)
      .forKeyShare()
      .executeTakeFirst();
  const found = await find();
  if (found !== undefined) return found.id;
  if (!create) throw failure("project.unknown", { name });
  const row = { name, isPublic: false, description: null, principal, now };
  const id = await insertProject(tx, row);
  if (id === undefined) {
    // Another transaction made it between our look and our insert.
    const theirs = await find();
    if (theirs === undefined) throw failure("project.unknown", { name });
    return theirs.id;
  }
  const member = await bindFounder(tx, id, principal, now);
  await bumpRevision(tx);
  const details = { by: "push", public: false, founder: member };
  log.push(done("project.create", { kind: "project", id, name }, { project: id, details }));
  return id;
}

export interface ProjectInsert {
  readonly name: string;
  readonly isPublic: boolean;
  readonly description: string | null;
  readonly principal: string;
  readonly now: number;
}

/** Makes a project and tells of it; undefined when a live one has the name. */
export async function insertProject(tx: Tx, row: ProjectInsert): Promise<string | undefined> {
  const { name, isPublic, description, principal, now } = row;
  const id = newId(now);
  const made = await tx
    .insertInto("projects")
    .values({
      id,
      name,
      created_at: now,
      deleted_at: null,
      untagged_after: null,
      public: isPublic ? 1 : 0,
      description,
    })
    .onConflict((c) => c.column("name").where("deleted_at", "is", null).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) return undefined;
  await projectGains.ask(tx, { id, name });
  const created = { project: name, projectId: id, principal, at: now };
  await tx
    .insertInto("outbox")
    .values(eventRow("project.created", created, now))
    .execute();
  return id;
}

/**
 * Makes whoever made a project its administrator; gives whether it did. Administrators of the
 * installation need no binding, and should not keep one when they are that no more.
 */
export async function bindFounder(
  tx: Tx,
  projectId: string,
  principal: string,
  now: number,
): Promise<boolean> {
  const person = await tx
    .selectFrom("principals")
    .select("administrator")
    .where("id", "=", principal)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (person === undefined || person.administrator === 1) return false;
  await tx
    .insertInto("bindings")
    .values({
      id: newId(now),
      subject_kind: "principal",
      subject_id: principal,
      role: FOUNDER_ROLE,
      scope: "project",
      project_id: projectId,
      repository_pattern: null,
      tag_pattern: null,
      condition: null,
      expires_at: null,
      created_at: now,
      created_by: principal,
      version: 1,
    })
    .execute();
  return true;
}
