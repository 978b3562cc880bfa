import type { Digest } from "../../../../oci/digest.ts";
import type { RepositoryName, TagName } from "../../../../oci/name.ts";
import type { Database } from "../../../../platform/database/port.ts";

export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly payload: Uint8Array<ArrayBuffer>;
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

/** The reads of manifests, compiled once: the hottest statements of the registry. */
export function manifestReads(db: Database) {
  const byTag = db.prepare((q, p: { name: string; tag: string }) =>
    q
      .selectFrom("repositories as r")
      .innerJoin("tags as t", "t.repository_id", "r.id")
      .innerJoin("manifests as m", (j) =>
        j.onRef("m.repository_id", "=", "r.id").onRef("m.digest", "=", "t.manifest"),
      )
      .select(["m.digest", "m.media_type as mediaType", "m.payload"])
      .where("r.name", "=", p.name)
      .where("r.deleted_at", "is", null)
      .where("t.name", "=", p.tag)
      .where("m.deleted_at", "is", null)
      .$castTo<StoredManifest>()
      .compile(),
  );
  const byDigest = db.prepare((q, p: { name: string; digest: string }) =>
    q
      .selectFrom("repositories as r")
      .innerJoin("manifests as m", "m.repository_id", "r.id")
      .select(["m.digest", "m.media_type as mediaType", "m.payload"])
      .where("r.name", "=", p.name)
      .where("r.deleted_at", "is", null)
      .where("m.digest", "=", p.digest)
      .where("m.deleted_at", "is", null)
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
