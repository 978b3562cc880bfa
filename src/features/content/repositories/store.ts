import type { Kysely } from "kysely";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { eventRow } from "../../../kernel/events.ts";
import { newId } from "../../../kernel/ids.ts";
import { projectOf, type RepositoryName } from "../../../oci/name.ts";
import type { Database, Tx } from "../../../platform/database/port.ts";
import type { Schema } from "../../../platform/database/schema/schema.ts";
import { ensureProject } from "../../projects/store.ts";

/** What a push says of the repository it goes to. */
export interface PushTarget {
  readonly repository: RepositoryName;
  readonly createProject: boolean;
  /** Immutable id of whoever pushes. */
  readonly principal: string;
  readonly now: number;
}

async function findId(tx: Tx, name: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom("repositories")
    .select("id")
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row?.id;
}

/** Gives the id of the live repository, making it (and its project) where the target allows. */
export async function ensureRepository(tx: Tx, target: PushTarget): Promise<string> {
  const { repository: name, principal, now } = target;
  const found = await findId(tx, name);
  if (found !== undefined) return found;
  const project = projectOf(name);
  const projectId = await ensureProject(tx, {
    name: project,
    create: target.createProject,
    principal,
    now,
  });
  const id = newId(now);
  const made = await tx
    .insertInto("repositories")
    .values({ id, project_id: projectId, name, created_at: now, deleted_at: null })
    .onConflict((c) => c.column("name").where("deleted_at", "is", null).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) {
    const theirs = await findId(tx, name);
    if (theirs === undefined) throw failure("repository.unknown", { name });
    return theirs;
  }
  const created = { repository: name, repositoryId: id, project, principal, at: now };
  await tx
    .insertInto("outbox")
    .values(eventRow("repository.created", created, now))
    .execute();
  return id;
}

/** Gives the id of the live repository, or throws `repository.unknown`. */
export async function repositoryId(tx: Tx, name: RepositoryName): Promise<string> {
  const id = await findId(tx, name);
  if (id === undefined) throw failure("repository.unknown", { name });
  return id;
}

/** The id of the live repository `name`, as a part of another read. */
export function liveRepository(db: Kysely<Schema>, name: string) {
  return db
    .selectFrom("repositories")
    .select("id")
    .where("name", "=", name)
    .where("deleted_at", "is", null);
}

/** The reads of repositories, compiled once. */
export function repositoryReads(db: Database) {
  const byName = db.prepare((q, p: { name: string }) =>
    q
      .selectFrom("repositories")
      .select(["id", "project_id"])
      .where("name", "=", p.name)
      .where("deleted_at", "is", null)
      .compile(),
  );
  // A repository shows once it holds an image: an upload begun and left makes no entry.
  const page = db.prepare((q, p: { after: string; limit: number }) =>
    q
      .selectFrom("repositories as r")
      .select("r.name")
      .where("r.name", ">", p.after)
      .where("r.deleted_at", "is", null)
      .where((e) =>
        e.exists(
          e
            .selectFrom("manifests as m")
            .select("m.digest")
            .whereRef("m.repository_id", "=", "r.id")
            .where("m.deleted_at", "is", null),
        ),
      )
      .orderBy("r.name")
      .limit(p.limit)
      .compile(),
  );
  return {
    async find(name: RepositoryName): Promise<{ id: string; projectId: string } | undefined> {
      const [row] = await byName({ name });
      return row === undefined ? undefined : { id: row.id, projectId: row.project_id };
    },
    /** Names in byte order after `after` ("" for the first page). */
    async page(after: string, limit: number): Promise<string[]> {
      return (await page({ after, limit })).map((row) => row.name);
    },
  };
}

export type RepositoryReads = ReturnType<typeof repositoryReads>;
