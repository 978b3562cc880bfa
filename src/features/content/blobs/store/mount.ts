import type { Digest } from "../../../../oci/digest.ts";
import type { RepositoryName } from "../../../../oci/name.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";
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
    const none = { mounted: false, made: false };
    // The blob first: from here on its bytes stay, and nobody takes a link to it away.
    const blob = await tx
      .selectFrom("blobs")
      .select("digest")
      .where("digest", "=", args.digest)
      .where("state", "=", "live")
      .forUpdate()
      .executeTakeFirst();
    if (blob === undefined) return none;
    const source = await tx
      .selectFrom("repositories as r")
      .innerJoin("repository_blobs as l", "l.repository_id", "r.id")
      .select("l.digest")
      .where("r.name", "=", args.from)
      .where("r.deleted_at", "is", null)
      .where("l.digest", "=", args.digest)
      .where("l.deleted_at", "is", null)
      .executeTakeFirst();
    if (source === undefined) return none;
    const { place, made } = await ensureRepository(tx, args);
    await tx
      .updateTable("blobs")
      .set({ last_touched: args.now, reclaim_after: null })
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

/** Whether the bytes are here to stay: while a link is, they are. */
async function stored(tx: Tx, digest: string): Promise<boolean> {
  const blob = await tx
    .selectFrom("blobs")
    .select("state")
    .where("digest", "=", digest)
    .executeTakeFirst();
  return blob?.state === "live";
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
    if (row !== undefined) return stored(tx, args.digest);
    const held = await tx
      .selectFrom("repository_blobs")
      .select("digest")
      .where("repository_id", "=", repository)
      .where("digest", "=", args.digest)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    return held !== undefined && stored(tx, args.digest);
  },
);
