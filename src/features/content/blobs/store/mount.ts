import type { Digest } from "../../../../oci/digest.ts";
import type { RepositoryName } from "../../../../oci/name.ts";
import { procedure } from "../../../../platform/database/port.ts";
import { ensureRepository, type PushTarget, repositoryId } from "../../repositories/store.ts";
import { linkBlob } from "./links.ts";

export interface MountBlob extends PushTarget {
  readonly digest: Digest;
  readonly from: RepositoryName;
  readonly grace: number;
}

/** Links a blob of `from` into the repository; false when `from` does not hold it. */
export const mountBlob = procedure(
  "content.mount-blob",
  async (tx, args: MountBlob): Promise<boolean> => {
    const source = await tx
      .selectFrom("repositories as r")
      .innerJoin("repository_blobs as l", "l.repository_id", "r.id")
      .innerJoin("blobs as b", "b.digest", "l.digest")
      .select("b.size")
      .where("r.name", "=", args.from)
      .where("r.deleted_at", "is", null)
      .where("l.digest", "=", args.digest)
      .where("l.deleted_at", "is", null)
      .where("b.state", "=", "live")
      .forUpdate("b")
      .executeTakeFirst();
    if (source === undefined) return false;
    const repository = await ensureRepository(tx, args);
    await tx
      .updateTable("blobs")
      .set({ last_touched: args.now })
      .where("digest", "=", args.digest)
      .execute();
    await linkBlob(tx, repository, args.digest, args);
    return true;
  },
);

export interface TouchBlob {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly now: number;
  readonly grace: number;
}

/** Renews the stamp before a blob is said to be here; false when it no longer is. */
export const touchBlob = procedure(
  "content.touch-blob",
  async (tx, args: TouchBlob): Promise<boolean> => {
    const repository = await repositoryId(tx, args.repository);
    const row = await tx
      .updateTable("repository_blobs")
      .set({ reclaim_after: args.now + args.grace })
      .where("repository_id", "=", repository)
      .where("digest", "=", args.digest)
      .where("deleted_at", "is", null)
      .where("reclaim_after", "is not", null)
      .returning("digest")
      .executeTakeFirst();
    if (row !== undefined) return true;
    const held = await tx
      .selectFrom("repository_blobs")
      .select("digest")
      .where("repository_id", "=", repository)
      .where("digest", "=", args.digest)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    return held !== undefined;
  },
);
