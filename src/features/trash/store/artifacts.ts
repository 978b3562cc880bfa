import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import { eventRow } from "../../../kernel/events.ts";
import type { Digest } from "../../../oci/digest.ts";
import { projectOf, type RepositoryName, type TagName } from "../../../oci/name.ts";
import { procedure, type Tx } from "../../../platform/database/port.ts";
import { record } from "../../audit/store/record.ts";
import type { Deed } from "../../content/deed.ts";
import { contentEntry, type Place, tagEntry } from "../../content/entries.ts";
import { heldBy, restamp, type Untagged } from "../../content/manifests/store/holds.ts";
import { requireRepository, touchRepository } from "../../content/repositories/store.ts";
import { moveTag } from "../../content/tags/store.ts";

export interface OneArtifact extends Deed, Untagged {
  readonly repository: RepositoryName;
  readonly digest: Digest;
}

interface Row {
  readonly media_type: string;
  readonly artifact_type: string | null;
  readonly deleted_at: number | null;
}

/** The manifest, locked, live or in the trash. */
async function locked(tx: Tx, repository: string, digest: string): Promise<Row | undefined> {
  return await tx
    .selectFrom("manifests")
    .select(["media_type", "artifact_type", "deleted_at"])
    .where("repository_id", "=", repository)
    .where("digest", "=", digest)
    .forUpdate()
    .executeTakeFirst();
}

/** Makes a trashed manifest live, with the links of its blobs that were deleted meanwhile. */
async function revive(tx: Tx, repository: string, digest: string): Promise<void> {
  await tx
    .updateTable("manifests")
    .set({ deleted_at: null, deleted_by: null, reclaim_after: null })
    .where("repository_id", "=", repository)
    .where("digest", "=", digest)
    .execute();
  await tx
    .updateTable("repository_blobs")
    .set({ deleted_at: null, reclaim_after: null })
    .where("repository_id", "=", repository)
    .where("digest", "in", (e) =>
      e
        .selectFrom("manifest_blobs")
        .select("manifest_blobs.digest")
        .where("repository_id", "=", repository)
        .where("manifest", "=", digest),
    )
    .execute();
}

/** Sets a tag that is not there; false when somebody set it meanwhile. */
async function setFree(
  tx: Tx,
  place: Place,
  { principal, now }: Deed,
  { tag, digest }: { readonly tag: string; readonly digest: string },
): Promise<boolean> {
  const wanted = {
    tag: tag as TagName,
    manifest: digest,
    precondition: { kind: "absent" },
  } as const;
  try {
    await moveTag(tx, { ...place, principal, now }, wanted);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === "manifest.precondition") return false;
    throw error;
  }
}

/** The tags that went when the manifest was deleted. */
async function tagsThatWent(tx: Tx, repository: string, digest: string, at: number) {
  const rows = await tx
    .selectFrom("tag_history")
    .select("name")
    .distinct()
    .where("repository_id", "=", repository)
    .where("from_manifest", "=", digest)
    .where("to_manifest", "is", null)
    .where("at", "=", at)
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}

async function tell(
  tx: Tx,
  place: Place,
  args: OneArtifact,
  row: Row,
  tags: readonly string[],
): Promise<void> {
  const { repository, digest, principal, now } = args;
  const restored = {
    repository,
    repositoryId: place.repositoryId,
    project: projectOf(repository),
    digest,
    mediaType: row.media_type,
    artifactType: row.artifact_type,
    tags: [...tags],
    principal,
    at: now,
  };
  await tx
    .insertInto("outbox")
    .values(eventRow("manifest.restored", restored, now))
    .execute();
}

/**
 * Takes a manifest out of the trash, with the tags that went with it, as far as nobody has set them
 * anew; gives the tags. Throws `trash.unknown` or `repository.unknown`.
 */
export const restoreManifest = procedure(
  "trash.restore-manifest",
  async (tx, args: OneArtifact): Promise<string[]> => {
    const { repository, digest } = args;
    const place = await requireRepository(tx, repository);
    const id = place.repositoryId;
    const row = await locked(tx, id, digest);
    if (row === undefined || row.deleted_at === null)
      throw failure("trash.unknown", { what: digest });
    await revive(tx, id, digest);
    const tags: string[] = [];
    for (const tag of await tagsThatWent(tx, id, digest, row.deleted_at)) {
      if (await setFree(tx, place, args, { tag, digest })) tags.push(tag);
    }
    await restamp(tx, id, [digest, ...(await heldBy(tx, id, digest))], args);
    await tell(tx, place, args, row, tags);
    await touchRepository(tx, id, args.now);
    await record(tx, args.witness, [
      contentEntry("manifest.restore", place, digest, { tags: tags.length }),
      ...tags.map((tag) => tagEntry(place, tag, null, digest)),
    ]);
    return tags;
  },
);

export interface OneTag extends Deed, Untagged {
  readonly repository: RepositoryName;
  readonly tag: TagName;
}

/** What a tag that is not there named last. Throws `trash.unknown` or `trash.tag_taken`. */
async function lastOf(tx: Tx, id: string, { repository, tag }: OneTag): Promise<string> {
  const row = await tx
    .selectFrom("tag_history")
    .select(["from_manifest", "to_manifest"])
    .where("repository_id", "=", id)
    .where("name", "=", tag)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) throw failure("trash.unknown", { what: tag });
  if (row.to_manifest !== null || row.from_manifest === null) {
    throw failure("trash.tag_taken", { tag, name: repository });
  }
  return row.from_manifest;
}

/**
 * Sets a deleted tag again, to what it named last, which is taken out of the trash where it is
 * there. Throws `trash.unknown`, `trash.tag_taken` or `repository.unknown`.
 */
export const restoreTag = procedure(
  "trash.restore-tag",
  async (tx, args: OneTag): Promise<void> => {
    const { repository, tag } = args;
    const place = await requireRepository(tx, repository);
    const id = place.repositoryId;
    const digest = await lastOf(tx, id, args);
    const row = await locked(tx, id, digest);
    if (row === undefined) throw failure("trash.unknown", { what: tag });
    const wasTrashed = row.deleted_at !== null;
    if (wasTrashed) await revive(tx, id, digest);
    if (!(await setFree(tx, place, args, { tag, digest }))) {
      throw failure("trash.tag_taken", { tag, name: repository });
    }
    await restamp(tx, id, [digest, ...(wasTrashed ? await heldBy(tx, id, digest) : [])], args);
    if (wasTrashed) await tell(tx, place, { ...args, digest: digest as Digest }, row, [tag]);
    await touchRepository(tx, id, args.now);
    await record(tx, args.witness, [
      ...(wasTrashed ? [contentEntry("manifest.restore", place, digest, { tags: 1 })] : []),
      tagEntry(place, tag, null, digest),
    ]);
  },
);

/** Lets a trashed manifest go at once. Throws `trash.unknown` or `repository.unknown`. */
export const emptyManifest = procedure(
  "trash.empty-manifest",
  async (tx, args: Omit<OneArtifact, "untaggedAfter">): Promise<void> => {
    const place = await requireRepository(tx, args.repository);
    const row = await tx
      .updateTable("manifests")
      .set({ reclaim_after: args.now })
      .where("repository_id", "=", place.repositoryId)
      .where("digest", "=", args.digest)
      .where("deleted_at", "is not", null)
      .returning("digest")
      .executeTakeFirst();
    if (row === undefined) throw failure("trash.unknown", { what: args.digest });
    await record(tx, args.witness, [contentEntry("manifest.empty", place, args.digest)]);
  },
);

export const trashedArtifactProcedures = [restoreManifest, restoreTag, emptyManifest];
