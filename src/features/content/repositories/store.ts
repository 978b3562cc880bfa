import type { Kysely } from "kysely";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { eventRow } from "../../../kernel/events.ts";
import { newId } from "../../../kernel/ids.ts";
import { projectOf, type RepositoryName } from "../../../oci/name.ts";
import type { Database, Tx } from "../../../platform/database/port.ts";
import type { Schema } from "../../../platform/database/schema/schema.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import { ensureProject } from "../../projects/store.ts";
import type { Deed } from "../deed.ts";
import { type Place, repositoryEntry } from "../entries.ts";
import { repositoryGains } from "../objections.ts";

/** What a push says of the repository it goes to. */
export interface PushTarget extends Deed {
  readonly repository: RepositoryName;
  readonly createProject: boolean;
}

/** The repository of a push, and what the audit log is to say of it besides the push itself. */
export interface Ensured {
  readonly place: Place;
  /** Empty unless the push brought the repository into being. */
  readonly made: readonly AuditEntry[];
}

async function find(tx: Tx, name: string): Promise<Place | undefined> {
  const row = await tx
    .selectFrom("repositories")
    .select(["id", "project_id"])
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { repository: name, repositoryId: row.id, projectId: row.project_id };
}

/** Finds the live repository, making it (and its project) where the target allows. */
export async function ensureRepository(tx: Tx, target: PushTarget): Promise<Ensured> {
  const { repository: name, principal, now } = target;
  const found = await find(tx, name);
  if (found !== undefined) return { place: found, made: [] };
  const project = projectOf(name);
  const log: AuditEntry[] = [];
  const wanted = { name: project, create: target.createProject, principal, now };
  const projectId = await ensureProject(tx, wanted, log);
  const id = newId(now);
  const made = await tx
    .insertInto("repositories")
    .values({ id, project_id: projectId, name, created_at: now, deleted_at: null })
    .onConflict((c) => c.column("name").where("deleted_at", "is", null).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) {
    const theirs = await find(tx, name);
    if (theirs === undefined) throw failure("repository.unknown", { name });
    return { place: theirs, made: log };
  }
  const created = { repository: name, repositoryId: id, project, principal, at: now };
  await tx
    .insertInto("outbox")
    .values(eventRow("repository.created", created, now))
    .execute();
  const place = { repository: name, repositoryId: id, projectId };
  await repositoryGains.ask(tx, place);
  return { place, made: [...log, repositoryEntry(place)] };
}

/** How much older a repository's time may be than its last change. */
const NEAR_ENOUGH = 1_000;

/**
 * Notes that a repository has changed. Last in a transaction, and not at each of many pushes within
 * a second: the row is one for all who push to the repository.
 */
export async function touchRepository(tx: Tx, id: string, now: number): Promise<void> {
  await tx
    .updateTable("repositories")
    .set({ updated_at: now })
    .where("id", "=", id)
    .where((e) => e.or([e("updated_at", "is", null), e("updated_at", "<", now - NEAR_ENOUGH)]))
    .execute();
}

/** Gives the live repository, or throws `repository.unknown`. */
export async function requireRepository(tx: Tx, name: RepositoryName): Promise<Place> {
  const place = await find(tx, name);
  if (place === undefined) throw failure("repository.unknown", { name });
  return place;
}

/** The id of the live repository `name`, as a part of another read. */
export function liveRepository(db: Kysely<Schema>, name: string) {
  return db
    .selectFrom("repositories")
    .select("id")
    .where("name", "=", name)
    .where("deleted_at", "is", null);
}

/** The ids of a repository and of the project that owns it. */
export interface Located {
  readonly id: string;
  readonly projectId: string;
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
    async find(name: RepositoryName): Promise<Located | undefined> {
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

/** The next repositories of a project, those in the trash too, by id. */
export async function repositoriesOf(
  db: Database,
  projectId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await db.read
    .selectFrom("repositories")
    .select("id")
    .where("project_id", "=", projectId)
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}
