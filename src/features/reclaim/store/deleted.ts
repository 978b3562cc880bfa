import { eventRow } from "../../../kernel/events.ts";
import { projectOf, type RepositoryName } from "../../../oci/name.ts";
import { procedure, type Tx } from "../../../platform/database/port.ts";
import { dropLinks, lockBlobs } from "../../content/blobs/store/links.ts";
import { dropManifests } from "../../content/manifests/store/drop.ts";
import { forgetTags } from "../../content/tags/store.ts";
import { count } from "./days.ts";

export interface SweepDeleted {
  readonly now: number;
  /** How long the trash keeps a repository, in milliseconds. */
  readonly keep: number;
  readonly grace: number;
  /** Whose doing it is. */
  readonly principal: string;
}

/** Rows of one transaction: the smaller the more dear a row is. */
const TAGS = 200;
const MOVES = 500;
const MANIFESTS = 8;
const LINKS = 50;

/**
 * A deleted repository whose time in the trash is over, its row locked and marked: from its first
 * step on it cannot be had back, nor a part of it.
 */
async function takeDue(tx: Tx, { now, keep }: SweepDeleted): Promise<string | undefined> {
  const row = await tx
    .selectFrom("repositories as r")
    .select(["r.id", "r.project_id", "r.emptied_at"])
    .where("r.deleted_at", "is not", null)
    .where((e) =>
      e.or([
        e("r.deleted_at", "<=", now - keep),
        e("r.emptied_at", "<=", now),
        // A project that was let go never comes back, nor does what went with it.
        e(
          "r.project_id",
          "in",
          e.selectFrom("projects").select("projects.id").where("emptied_at", "<=", now),
        ),
      ]),
    )
    .orderBy("r.deleted_at")
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (row === undefined || row.emptied_at !== null) return row?.id;
  await tx.updateTable("repositories").set({ emptied_at: now }).where("id", "=", row.id).execute();
  // A project comes back whole or not at all.
  await tx
    .updateTable("projects")
    .set({ emptied_at: now })
    .where("id", "=", row.project_id)
    .where("deleted_at", "<=", now - keep)
    .where("emptied_at", "is", null)
    .execute();
  return row.id;
}

async function dropSome(tx: Tx, repository: string, args: SweepDeleted): Promise<number> {
  const rows = await tx
    .selectFrom("manifests")
    .select("digest")
    .where("repository_id", "=", repository)
    .orderBy("digest")
    .limit(MANIFESTS)
    .forUpdate()
    .execute();
  await dropManifests(
    tx,
    rows.map(({ digest }) => ({ repository, digest })),
    args,
  );
  await count(tx, args.now, { manifests: rows.length });
  return rows.length;
}

async function unlinkSome(tx: Tx, repository: string, args: SweepDeleted): Promise<number> {
  const rows = await tx
    .selectFrom("repository_blobs")
    .select("digest")
    .where("repository_id", "=", repository)
    .orderBy("digest")
    .limit(LINKS)
    .execute();
  const digests = rows.map(({ digest }) => digest);
  await lockBlobs(tx, digests);
  await dropLinks(tx, repository, digests, args);
  await count(tx, args.now, { links: digests.length });
  return digests.length;
}

async function forgetMoves(tx: Tx, repository: string): Promise<number> {
  const rows = await tx
    .selectFrom("tag_history")
    .select("id")
    .where("repository_id", "=", repository)
    .limit(MOVES)
    .execute();
  if (rows.length === 0) return 0;
  await tx
    .deleteFrom("tag_history")
    .where(
      "id",
      "in",
      rows.map(({ id }) => id),
    )
    .execute();
  return rows.length;
}

/** Ends its uploads; their bytes are cleared away by those who look after staged ones. */
async function endUploads(tx: Tx, repository: string): Promise<number> {
  const rows = await tx
    .deleteFrom("uploads")
    .where("repository_id", "=", repository)
    .returning("id")
    .execute();
  return rows.length;
}

/**
 * Takes a step in removing a deleted repository whose time is over: some of its tags, else of its
 * manifests, links, history; and at last its row. Gives how many rows went; 0 when nothing is due.
 */
export const sweepDeleted = procedure(
  "reclaim.sweep-deleted",
  async (tx, args: SweepDeleted): Promise<number> => {
    const repository = await takeDue(tx, args);
    if (repository === undefined) return 0;
    const steps = [
      () => forgetTags(tx, repository, TAGS),
      () => dropSome(tx, repository, args),
      () => unlinkSome(tx, repository, args),
      () => forgetMoves(tx, repository),
      () => endUploads(tx, repository),
    ];
    for (const step of steps) {
      const gone = await step();
      if (gone > 0) return gone;
    }
    const row = await tx
      .deleteFrom("repositories")
      .where("id", "=", repository)
      .returning("name")
      .executeTakeFirstOrThrow();
    const name = row.name as RepositoryName;
    const gone = {
      repository: name,
      repositoryId: repository,
      project: projectOf(name),
      principal: args.principal,
      at: args.now,
    };
    await tx
      .insertInto("outbox")
      .values(eventRow("repository.reclaimed", gone, args.now))
      .execute();
    return 1;
  },
);
