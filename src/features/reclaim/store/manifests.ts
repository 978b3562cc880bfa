import { eventRow } from "../../../kernel/events.ts";
import { projectOf, type RepositoryName } from "../../../oci/name.ts";
import { procedure, type Tx } from "../../../platform/database/port.ts";
import type { AuditEntry, Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import { contentEntry } from "../../content/entries.ts";
import { dropManifests } from "../../content/manifests/store/drop.ts";
import { heldBy, isHeld, restamp, untaggedAfterIn } from "../../content/manifests/store/holds.ts";
import { isRunning, lockLane } from "../../content/manifests/store/running.ts";
import { count } from "./days.ts";

/** At which sweepers meet reports of what runs: one of them at a time. */
const LANE = 15;

export interface SweepManifests {
  readonly now: number;
  readonly limit: number;
  readonly grace: number;
  readonly keep: number;
  readonly untaggedAfter: number | null;
  readonly witness: Witness;
}

interface Due {
  readonly repository: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly deletedAt: number | null;
}

/** Due rows that no other transaction holds, locked: nodes that sweep at once get different ones. */
function takeDue(tx: Tx, { now, limit }: SweepManifests): Promise<Due[]> {
  return tx
    .selectFrom("manifests")
    .select([
      "repository_id as repository",
      "digest",
      "media_type as mediaType",
      "artifact_type as artifactType",
      "deleted_at as deletedAt",
    ])
    .where("reclaim_after", "<=", now)
    .orderBy("reclaim_after")
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** Whether it is due still: one before it in the batch may have let go of it, and stamped it anew. */
async function isDue(tx: Tx, { repository, digest }: Due, now: number): Promise<boolean> {
  const row = await tx
    .selectFrom("manifests")
    .select("digest")
    .where("repository_id", "=", repository)
    .where("digest", "=", digest)
    .where("reclaim_after", "<=", now)
    .executeTakeFirst();
  return row !== undefined;
}

async function stamp(tx: Tx, { repository, digest }: Due, at: number | null): Promise<void> {
  await tx
    .updateTable("manifests")
    .set({ reclaim_after: at })
    .where("repository_id", "=", repository)
    .where("digest", "=", digest)
    .execute();
}

/** Moves a live manifest to the trash when nothing holds it; gives what is to be recorded of that. */
async function trash(tx: Tx, due: Due, args: SweepManifests): Promise<AuditEntry | undefined> {
  const { repository, digest, mediaType, artifactType } = due;
  const { now, keep, untaggedAfter: installation, witness } = args;
  if (!(await isDue(tx, due, now))) return undefined;
  const place = await tx
    .selectFrom("repositories")
    .select(["name", "project_id", "deleted_at"])
    .where("id", "=", repository)
    .executeTakeFirstOrThrow();
  const untaggedAfter = await untaggedAfterIn(tx, repository, installation);
  if (untaggedAfter === null || (await isHeld(tx, repository, digest, { settled: false }))) {
    await stamp(tx, due, null);
    return undefined;
  }
  if (place.deleted_at !== null || (await isRunning(tx, repository, digest))) {
    // A deleted repository comes back as it was: time stands still in it. What runs somewhere may
    // be asked for by its digest at any time.
    await stamp(tx, due, now + untaggedAfter);
    return undefined;
  }
  await tx
    .updateTable("manifests")
    .set({ deleted_at: now, deleted_by: witness.doer.id, reclaim_after: now + keep })
    .where("repository_id", "=", repository)
    .where("digest", "=", digest)
    .execute();
  await restamp(tx, repository, await heldBy(tx, repository, digest), args);
  const name = place.name as RepositoryName;
  const gone = {
    repository: name,
    repositoryId: repository,
    project: projectOf(name),
    digest,
    mediaType,
    artifactType,
    tags: [],
    principal: witness.doer.id,
    at: now,
  };
  await tx
    .insertInto("outbox")
    .values(eventRow("manifest.deleted", gone, now))
    .execute();
  const where = { repository: name, repositoryId: repository, projectId: place.project_id };
  return contentEntry("manifest.delete", where, digest, { mediaType, by: "reclaim" });
}

/**
 * Due manifests: live ones that nothing holds go to the trash, those in the trash for good. Gives
 * how many rows were due.
 */
export const sweepManifests = procedure(
  "reclaim.sweep-manifests",
  async (tx, args: SweepManifests): Promise<number> => {
    await lockLane(tx, LANE);
    const due = await takeDue(tx, args);
    const over = due.filter((each) => each.deletedAt !== null);
    if (over.length > 0) await dropManifests(tx, over, args);
    const log: AuditEntry[] = [];
    for (const each of due.filter(({ deletedAt }) => deletedAt === null)) {
      const entry = await trash(tx, each, args);
      if (entry !== undefined) log.push(entry);
    }
    await count(tx, args.now, { trashed: log.length, manifests: over.length });
    await record(tx, args.witness, log);
    return due.length;
  },
);
