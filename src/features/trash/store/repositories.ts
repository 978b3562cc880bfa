import { failure } from "../../../kernel/errors/catalogue.ts";
import { eventRow } from "../../../kernel/events.ts";
import { projectOf, type RepositoryName } from "../../../oci/name.ts";
import { procedure, type Tx } from "../../../platform/database/port.ts";
import { record } from "../../audit/store/record.ts";
import type { Deed } from "../../content/deed.ts";
import { type Place, repositoryEntry } from "../../content/entries.ts";
import { repositoryGains, repositoryLosses } from "../../content/objections.ts";
import { requireRepository } from "../../content/repositories/store.ts";

async function tell(
  tx: Tx,
  kind: "repository.deleted" | "repository.restored",
  { repository, repositoryId }: Place,
  { principal, now }: Deed,
): Promise<void> {
  const moved = {
    repository,
    repositoryId,
    project: projectOf(repository as RepositoryName),
    principal,
    at: now,
  };
  await tx
    .insertInto("outbox")
    .values(eventRow(kind, moved, now))
    .execute();
}

export interface DeleteRepository extends Deed {
  readonly repository: RepositoryName;
}

/**
 * Moves a repository to the trash, however much it holds: one row changes, and with it everything
 * is out of sight and the name free. Throws `repository.unknown`, and what objects
 * to that.
 */
export const deleteRepository = procedure(
  "trash.delete-repository",
  async (tx, args: DeleteRepository): Promise<void> => {
    const place = await requireRepository(tx, args.repository);
    await repositoryLosses.ask(tx, place);
    const gone = await tx
      .updateTable("repositories")
      .set({ deleted_at: args.now, deleted_by: args.principal })
      .where("id", "=", place.repositoryId)
      .where("deleted_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    if (gone === undefined) throw failure("repository.unknown", { name: args.repository });
    await tell(tx, "repository.deleted", place, args);
    await record(tx, args.witness, [repositoryEntry(place, "delete")]);
  },
);

export interface OneRepository extends Deed {
  readonly projectId: string;
  readonly id: string;
}

async function trashed(tx: Tx, { id, projectId }: OneRepository): Promise<Place> {
  const row = await tx
    .selectFrom("repositories")
    .select(["id", "name"])
    .where("id", "=", id)
    .where("project_id", "=", projectId)
    .where("deleted_at", "is not", null)
    .where("emptied_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw failure("trash.unknown", { what: id });
  return { repository: row.name, repositoryId: row.id, projectId };
}

/**
 * Brings a repository back with all that it held. Throws `trash.unknown`, or `repository.exists`
 * when a new one has taken the name.
 */
export const restoreRepository = procedure(
  "trash.restore-repository",
  async (tx, args: OneRepository): Promise<void> => {
    const place = await trashed(tx, args);
    const { repository: name } = place;
    const taken = await tx
      .selectFrom("repositories")
      .select("id")
      .where("name", "=", name)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    if (taken !== undefined) throw failure("repository.exists", { name });
    await tx
      .updateTable("repositories")
      .set({ deleted_at: null, deleted_by: null })
      .where("id", "=", args.id)
      .execute();
    await repositoryGains.ask(tx, place);
    await tell(tx, "repository.restored", place, args);
    await record(tx, args.witness, [repositoryEntry(place, "restore")]);
  },
);

/** Takes a repository out of the trash for good: its content may go. Throws `trash.unknown`. */
export const emptyRepository = procedure(
  "trash.empty-repository",
  async (tx, args: OneRepository): Promise<void> => {
    const place = await trashed(tx, args);
    await tx
      .updateTable("repositories")
      .set({ emptied_at: args.now })
      .where("id", "=", args.id)
      .execute();
    await record(tx, args.witness, [repositoryEntry(place, "empty")]);
  },
);

export const trashedRepositoryProcedures = [deleteRepository, restoreRepository, emptyRepository];
