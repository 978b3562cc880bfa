import type { Digest } from "../../../../oci/digest.ts";
import type { RepositoryName, TagName } from "../../../../oci/name.ts";
import type { Database } from "../../../../platform/database/port.ts";
import { liveRepository } from "../../repositories/store.ts";

export interface StoredManifest {
  readonly repositoryId: string;
  readonly projectId: string;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly payload: Uint8Array<ArrayBuffer>;
  /** When its bytes were found to be others than were pushed; null while nothing is known. */
  readonly damagedAt: number | null;
}

/** A line of the referrers answer. */
export interface ReferrerRow {
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly size: number;
  /** JSON object of strings. */
  readonly annotations: string | null;
}

/**
 * The reads of manifests, compiled once: the hottest statements of the registry. They nest their
 * look-ups, because a statement over several tables costs `bun:sqlite` 16 µs where this takes 3.
 */
export function manifestReads(db: Database) {
  const byTag = db.prepare((q, p: { name: string; tag: string }) => {
    const repository = liveRepository(q, p.name);
    return q
      .selectFrom("manifests")
      .select((e) => [
        "repository_id as repositoryId",
        e
          .selectFrom("repositories as owner")
          .select("owner.project_id")
          .whereRef("owner.id", "=", "manifests.repository_id")
          .as("projectId"),
        "digest",
        "media_type as mediaType",
        "payload",
        "damaged_at as damagedAt",
      ])
      .where("repository_id", "=", repository)
      .where("digest", "=", (e) =>
        e
          .selectFrom("tags")
          .select("manifest")
          .where("repository_id", "=", repository)
          .where("name", "=", p.tag),
      )
      .where("deleted_at", "is", null)
      .$castTo<StoredManifest>()
      .compile();
  });
  const byDigest = db.prepare((q, p: { name: string; digest: string }) =>
    q
      .selectFrom("manifests")
      .select((e) => [
        "repository_id as repositoryId",
        e
          .selectFrom("repositories as owner")
          .select("owner.project_id")
          .whereRef("owner.id", "=", "manifests.repository_id")
          .as("projectId"),
        "digest",
        "media_type as mediaType",
        "payload",
        "damaged_at as damagedAt",
      ])
      .where("repository_id", "=", liveRepository(q, p.name))
      .where("digest", "=", p.digest)
      .where("deleted_at", "is", null)
      .$castTo<StoredManifest>()
      .compile(),
  );
  const referrers = db.prepare(
    (q, p: { name: string; subject: string; after: string; limit: number }) =>
      q
        .selectFrom("repositories as r")
        .innerJoin("manifests as m", "m.repository_id", "r.id")
        .select([
          "m.digest",
          "m.media_type as mediaType",
          "m.artifact_type as artifactType",
          "m.size",
          "m.annotations",
        ])
        .where("r.name", "=", p.name)
        .where("r.deleted_at", "is", null)
        .where("m.subject", "=", p.subject)
        .where("m.digest", ">", p.after)
        .where("m.deleted_at", "is", null)
        .orderBy("m.digest")
        .limit(p.limit)
        .compile(),
  );
  return {
    async byTag(name: RepositoryName, tag: TagName): Promise<StoredManifest | undefined> {
      return (await byTag({ name, tag }))[0];
    },
    async byDigest(name: RepositoryName, digest: Digest): Promise<StoredManifest | undefined> {
      return (await byDigest({ name, digest }))[0];
    },
    /** In order of digest, after `after` ("" for the first page). */
    referrers(
      name: RepositoryName,
      subject: Digest,
      after: string,
      limit: number,
    ): Promise<ReferrerRow[]> {
      return referrers({ name, subject, after, limit });
    },
  };
}

export type ManifestReads = ReturnType<typeof manifestReads>;
