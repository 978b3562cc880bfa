import { failure } from "../../kernel/errors/catalogue.ts";
import { eventRow } from "../../kernel/events.ts";
import { newId } from "../../kernel/ids.ts";
import type { Tx } from "../../platform/database/port.ts";

export interface EnsureProject {
  readonly name: string;
  /** Whether a project that is not there yet may come into being by a push. */
  readonly create: boolean;
  /** Whose push it is. */
  readonly principal: string;
  readonly now: number;
}

/** Gives the id of the live project `name`; makes it when it may, else throws `project.unknown`. */
export async function ensureProject(
  tx: Tx,
  { name, create, principal, now }: EnsureProject,
): Promise<string> {
  const find = () =>
    tx
      .selectFrom("projects")
      .select("id")
      .where("name", "=", name)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
  const found = await find();
  if (found !== undefined) return found.id;
  if (!create) throw failure("project.unknown", { name });
  const id = newId(now);
  const made = await tx
    .insertInto("projects")
    .values({ id, name, created_at: now, deleted_at: null, untagged_after: null })
    .onConflict((c) => c.column("name").where("deleted_at", "is", null).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) {
    // Another transaction made it between our look and our insert.
    const theirs = await find();
    if (theirs === undefined) throw failure("project.unknown", { name });
    return theirs.id;
  }
  await tx
    .insertInto("outbox")
    .values(eventRow("project.created", { project: name, projectId: id, principal, at: now }, now))
    .execute();
  return id;
}
