import type { Digest } from "../../../../oci/digest.ts";
import type { RepositoryName } from "../../../../oci/name.ts";
import type { Database } from "../../../../platform/database/port.ts";
import type { BlobState } from "../../../../platform/database/schema/content.ts";
import { liveRepository } from "../../repositories/store.ts";

export interface BlobRow {
  readonly repositoryId: string;
  readonly projectId: string;
  readonly size: number;
  readonly location: string;
  readonly state: BlobState;
  readonly reclaimAfter: number | null;
}

/** The reads of blobs, compiled once. */
export function blobReads(db: Database) {
  // Nested rather than joined, and without EXISTS: see the reads of manifests.
  const inRepository = db.prepare((q, p: { name: string; digest: string }) => {
    const blob = q.selectFrom("blobs").where("digest", "=", p.digest);
    return q
      .selectFrom("repository_blobs")
      .select((e) => [
        "repository_id as repositoryId",
        e
          .selectFrom("repositories as owner")
          .select("owner.project_id")
          .whereRef("owner.id", "=", "repository_blobs.repository_id")
          .as("projectId"),
        "reclaim_after as reclaimAfter",
        blob.select("size").as("size"),
        blob.select("location").as("location"),
        blob.select("state").as("state"),
      ])
      .where("repository_id", "=", liveRepository(q, p.name))
      .where("digest", "=", p.digest)
      .where("deleted_at", "is", null)
      .$castTo<BlobRow>()
      .compile();
  });
  const anywhere = db.prepare((q, p: { digest: string }) =>
    q
      .selectFrom("blobs")
      .select(["location", "size"])
      .where("digest", "=", p.digest)
      .where("state", "=", "live")
      .compile(),
  );
  const location = db.prepare((q, p: { digest: string; location: string }) =>
    q
      .selectFrom("blobs")
      .select("digest")
      .where("digest", "=", p.digest)
      .where("location", "=", p.location)
      .compile(),
  );
  const holders = db.prepare((q, p: { digest: string; limit: number }) =>
    q
      .selectFrom("repository_blobs as l")
      .innerJoin("repositories as r", "r.id", "l.repository_id")
      .select("r.name")
      .where("l.digest", "=", p.digest)
      .where("l.deleted_at", "is", null)
      .where("r.deleted_at", "is", null)
      .limit(p.limit)
      .compile(),
  );
  return {
    /** The blob as the repository sees it. */
    async find(name: RepositoryName, digest: Digest): Promise<BlobRow | undefined> {
      const [row] = await inRepository({ name, digest });
      // Bytes on their way out are not here any more: a client is to push them anew.
      return row?.state === "reclaiming" ? undefined : row;
    },
    /** The live copy of the bytes, whoever may see it. */
    async stored(digest: Digest): Promise<{ location: string; size: number } | undefined> {
      return (await anywhere({ digest }))[0];
    },
    /** Whether a row names this very copy. */
    async named(digest: Digest, at: string): Promise<boolean> {
      return (await location({ digest, location: at })).length > 0;
    },
    /** Names of some repositories that hold the blob. */
    async holders(digest: Digest, limit: number): Promise<string[]> {
      return (await holders({ digest, limit })).map((row) => row.name);
    },
  };
}

export type BlobReads = ReturnType<typeof blobReads>;
