import { failure } from "../../../../kernel/errors/catalogue.ts";
import type { Digest } from "../../../../oci/digest.ts";
import type { RepositoryName } from "../../../../oci/name.ts";
import { procedure } from "../../../../platform/database/port.ts";
import { record } from "../../../audit/store/record.ts";
import type { Deed } from "../../deed.ts";
import { contentEntry } from "../../entries.ts";
import { requireRepository } from "../../repositories/store.ts";
import { dropLinks, heldByManifest, lockBlobs } from "./links.ts";

export interface UnlinkBlob extends Deed {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** Take it away even from under a live manifest. */
  readonly force: boolean;
  readonly grace: number;
}

/**
 * Ends the blob's visibility in one repository; other repositories keep theirs.
 * Throws `blob.unknown`, or `blob.in_use` when a live manifest needs it and force is off.
 */
export const unlinkBlob = procedure(
  "content.unlink-blob",
  async (tx, args: UnlinkBlob): Promise<void> => {
    const { digest, now, force } = args;
    const place = await requireRepository(tx, args.repository);
    const repository = place.repositoryId;
    // Locked before its links are counted, so that a mount elsewhere is seen or waits.
    await lockBlobs(tx, [digest]);
    const linked = await tx
      .selectFrom("repository_blobs")
      .select("digest")
      .where("repository_id", "=", repository)
      .where("digest", "=", digest)
      .where("deleted_at", "is", null)
      .forUpdate()
      .executeTakeFirst();
    if (linked === undefined) throw failure("blob.unknown", { digest });
    const user = await tx
      .selectFrom("manifest_blobs as e")
      .innerJoin("manifests as m", (j) =>
        j.onRef("m.repository_id", "=", "e.repository_id").onRef("m.digest", "=", "e.manifest"),
      )
      .select("m.digest")
      .where("e.repository_id", "=", repository)
      .where("e.digest", "=", digest)
      .where("m.deleted_at", "is", null)
      .limit(1)
      .executeTakeFirst();
    if (user !== undefined && !force) {
      throw failure("blob.in_use", { digest, manifest: user.digest });
    }
    if (await heldByManifest(tx, repository, digest)) {
      // A manifest in the trash, or one it was forced from, would need the bytes back.
      await tx
        .updateTable("repository_blobs")
        .set({ deleted_at: now, reclaim_after: null })
        .where("repository_id", "=", repository)
        .where("digest", "=", digest)
        .execute();
    } else {
      await dropLinks(tx, repository, [digest], args);
    }
    await record(tx, args.witness, [contentEntry("blob.delete", place, digest, { force })]);
  },
);
