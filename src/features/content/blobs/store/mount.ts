import type { Digest } from "../../../../oci/digest.ts";
import type { RepositoryName } from "../../../../oci/name.ts";
import { procedure } from "../../../../platform/database/port.ts";
import { record } from "../../../audit/store/record.ts";
import { contentEntry } from "../../entries.ts";
import { ensureRepository, type PushTarget, requireRepository } from "../../repositories/store.ts";
import { linkBlob } from "./links.ts";

export interface MountBlob extends PushTarget {
  readonly digest: Digest;
  readonly from: RepositoryName;
  readonly grace: number;
}

export interface Mounted {
  /** False when `from` does not hold the blob. */
  readonly mounted: boolean;
  /** Whether the mount brought its repository into being. */
  readonly made: boolean;
}

/** Links a blob of `from` into the repository. */
export const mountBlob = procedure(
  "content.mount-blob",
  async (tx, args: MountBlob): Promise<Mounted> => {
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
    if (source === undefined) return { mounted: false, made: false };
    const { place, made } = await ensureRepository(tx, args);
    await tx
      .updateTable("blobs")
      .set({ last_touched: args.now })
      .where("digest", "=", args.digest)
      .execute();
    await linkBlob(tx, place.repositoryId, args.digest, args);
    const entry = contentEntry("blob.mount", place, args.digest, { from: args.from });
    await record(tx, args.witness, [...made, entry]);
    return { mounted: true, made: made.length > 0 };
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
    const { repositoryId: repository } = await requireRepository(tx, args.repository);
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
