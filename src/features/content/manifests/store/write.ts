import { failure } from "../../../../kernel/errors/catalogue.ts";
import { eventRow } from "../../../../kernel/events.ts";
import type { Digest } from "../../../../oci/digest.ts";
import { projectOf, type RepositoryName, type TagName } from "../../../../oci/name.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";
import type { AuditEntry } from "../../../audit/entry.ts";
import { record } from "../../../audit/store/record.ts";
import type { Deed } from "../../deed.ts";
import { contentEntry, tagEntry } from "../../entries.ts";
import { manifestGains } from "../../objections.ts";
import {
  ensureRepository,
  type PushTarget,
  requireRepository,
  touchRepository,
} from "../../repositories/store.ts";
import type { Precondition } from "../../tags/rules.ts";
import { moveTag, removeTagsOf } from "../../tags/store.ts";
import { heldBy, restamp, type Untagged } from "./holds.ts";
import { checkReferences, holdReferences, type Named } from "./references.ts";

export interface PutManifest extends PushTarget, Untagged {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly subject: Digest | null;
  readonly annotations: string | null;
  readonly payload: Uint8Array;
  readonly named: Named;
  readonly tags: readonly TagName[];
  readonly precondition: Precondition;
}

/**
 * Locks the manifest's own row before all it names, as whoever drops or restores it does; gives
 * whether there is one, and whether the bytes in it are damaged.
 */
async function lockOwn(
  tx: Tx,
  id: string,
  args: PutManifest,
): Promise<{ readonly isThere: boolean; readonly isDamaged: boolean }> {
  const there = await tx
    .selectFrom("manifests")
    .select(["media_type", "deleted_at", "damaged_at"])
    .where("repository_id", "=", id)
    .where("digest", "=", args.digest)
    .forUpdate()
    .executeTakeFirst();
  // The type of a digest never changes between two pulls (A01).
  if (there !== undefined && there.deleted_at === null && there.media_type !== args.mediaType) {
    throw failure("manifest.type_changed", { digest: args.digest, stored: there.media_type });
  }
  return {
    isThere: there !== undefined,
    isDamaged: there !== undefined && there.damaged_at !== null,
  };
}

/** Writes the row; gives whether it is a new one. */
async function store(tx: Tx, id: string, args: PutManifest, isThere: boolean): Promise<boolean> {
  const row = {
    media_type: args.mediaType,
    artifact_type: args.artifactType,
    subject: args.subject,
    size: args.payload.byteLength,
    annotations: args.annotations,
    pushed_at: args.now,
    pushed_by: args.principal,
    deleted_at: null,
    deleted_by: null,
    reclaim_after: null,
  };
  if (!isThere) {
    const made = await tx
      .insertInto("manifests")
      .values({ repository_id: id, digest: args.digest, payload: args.payload, ...row })
      .onConflict((c) => c.columns(["repository_id", "digest"]).doNothing())
      .returning("digest")
      .executeTakeFirst();
    if (made !== undefined) return true;
    // Another push of the same bytes was first, and has its row committed by now.
  }
  const kept = await tx
    .updateTable("manifests")
    .set(row)
    .where("repository_id", "=", id)
    .where("digest", "=", args.digest)
    .returning("digest")
    .executeTakeFirst();
  if (kept === undefined) throw failure("service.database_unavailable", { digest: args.digest });
  return false;
}

/** Puts the bytes just pushed in the place of damaged ones, and tells of it. */
async function heal(tx: Tx, id: string, args: PutManifest): Promise<void> {
  const { digest, principal, now, payload } = args;
  await tx
    .updateTable("manifests")
    .set({ payload, damaged_at: null })
    .where("repository_id", "=", id)
    .where("digest", "=", digest)
    .execute();
  const healed = { digest, repositoryId: id, principal, at: now };
  await tx
    .insertInto("outbox")
    .values(eventRow("content.healed", healed, now))
    .execute();
}

/**
 * Makes a manifest visible, with its edges and tags, or nothing at all; true when that brought its
 * repository into being.
 * Throws `manifest.blob_unknown`, `manifest.size_mismatch`, `manifest.type_changed`,
 * `manifest.precondition` or `project.unknown`.
 */
export const putManifest = procedure(
  "content.put-manifest",
  async (tx, args: PutManifest): Promise<boolean> => {
    const { repository, digest, principal, now, mediaType } = args;
    const { place, made } = await ensureRepository(tx, args);
    const id = place.repositoryId;
    const { isThere, isDamaged } = await lockOwn(tx, id, args);
    await checkReferences(tx, id, args.named);
    const isNew = await store(tx, id, args, isThere);
    if (isDamaged) await heal(tx, id, args);
    await holdReferences(tx, id, digest, args.named);
    const left: string[] = [];
    const moves: AuditEntry[] = [];
    for (const tag of args.tags) {
      const wanted = { tag, manifest: digest, precondition: args.precondition };
      const move = await moveTag(tx, { ...place, principal, now }, wanted);
      if (move === undefined) continue;
      if (move.from !== null) left.push(move.from);
      moves.push(tagEntry(place, tag, move.from, digest));
    }
    await restamp(tx, id, [digest, ...left, ...(await heldBy(tx, id, digest))], args);
    const pushed = {
      repository,
      repositoryId: id,
      project: projectOf(repository),
      digest,
      mediaType,
      artifactType: args.artifactType,
      tags: [...args.tags],
      principal,
      at: now,
    };
    await tx
      .insertInto("outbox")
      .values(eventRow("manifest.pushed", pushed, now))
      .execute();
    if (isNew) await manifestGains.ask(tx, { place, size: args.payload.byteLength });
    await touchRepository(tx, id, now);
    const push = contentEntry("manifest.push", place, digest, { mediaType, tags: args.tags });
    await record(tx, args.witness, [...made, push, ...moves]);
    return made.length > 0;
  },
);

export interface DeleteManifest extends Deed, Untagged {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** How long the trash keeps it, in milliseconds. */
  readonly keep: number;
}

/**
 * Moves a manifest to the trash and removes every tag on it. Its blobs stay held by the trash.
 * Throws `manifest.unknown` when it is not (or no longer) there. Gives what is to be recorded
 * of that, last in the transaction.
 */
export async function trashManifest(
  tx: Tx,
  args: Omit<DeleteManifest, "witness">,
): Promise<AuditEntry[]> {
  const { repository, digest, principal, now } = args;
  const place = await requireRepository(tx, repository);
  const id = place.repositoryId;
  const deleted = await tx
    .updateTable("manifests")
    .set({ deleted_at: now, deleted_by: principal, reclaim_after: now + args.keep })
    .where("repository_id", "=", id)
    .where("digest", "=", digest)
    .where("deleted_at", "is", null)
    .returning(["media_type", "artifact_type"])
    .executeTakeFirst();
  if (deleted === undefined) {
    throw failure("manifest.unknown", { name: repository, reference: digest });
  }
  const tags = await removeTagsOf(tx, { ...place, principal, now }, digest);
  await restamp(tx, id, await heldBy(tx, id, digest), args);
  const gone = {
    repository,
    repositoryId: id,
    project: projectOf(repository),
    digest,
    mediaType: deleted.media_type,
    artifactType: deleted.artifact_type,
    tags,
    principal,
    at: now,
  };
  await tx
    .insertInto("outbox")
    .values(eventRow("manifest.deleted", gone, now))
    .execute();
  const mediaType = deleted.media_type;
  return [
    contentEntry("manifest.delete", place, digest, { mediaType, tags: tags.length }),
    ...tags.map((tag) => tagEntry(place, tag, digest, null)),
  ];
}

/** The same, recorded. */
export const deleteManifest = procedure(
  "content.delete-manifest",
  async (tx, args: DeleteManifest): Promise<void> => {
    await record(tx, args.witness, await trashManifest(tx, args));
  },
);

export const manifestProcedures = [putManifest, deleteManifest];
