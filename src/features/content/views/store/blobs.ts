import type { Database } from "../../../../platform/database/port.ts";
import type { BlobUse } from "../view.ts";

/** Manifests that are named beside one blob, and tags beside one manifest. */
const MOST_MANIFESTS = 100;
const MOST_TAGS = 10;
/** Repositories looked at for those that hold a blob too. */
const MOST_HOLDERS = 1_000;

/** A blob of a repository, and which of its manifests name it. */
export async function readBlobUse(
  db: Database,
  repositoryId: string,
  digest: string,
): Promise<BlobUse | undefined> {
  const blob = await db.read
    .selectFrom("repository_blobs as l")
    .innerJoin("blobs as b", "b.digest", "l.digest")
    .select(["b.digest", "b.size", "l.linked_at as linkedAt"])
    .where("l.repository_id", "=", repositoryId)
    .where("l.digest", "=", digest)
    .where("l.deleted_at", "is", null)
    .where("b.state", "!=", "reclaiming")
    .executeTakeFirst();
  if (blob === undefined) return undefined;
  const manifests = await db.read
    .selectFrom("manifest_blobs as e")
    .innerJoin("manifests as m", (j) =>
      j.onRef("m.repository_id", "=", "e.repository_id").onRef("m.digest", "=", "e.manifest"),
    )
    .select("m.digest")
    .where("e.repository_id", "=", repositoryId)
    .where("e.digest", "=", digest)
    .where("m.deleted_at", "is", null)
    .orderBy("m.digest")
    .limit(MOST_MANIFESTS)
    .execute();
  const usedBy = await Promise.all(
    manifests.map(async (manifest) => {
      const tags = await db.read
        .selectFrom("tags")
        .select("name")
        .where("repository_id", "=", repositoryId)
        .where("manifest", "=", manifest.digest)
        .orderBy("name")
        .limit(MOST_TAGS)
        .execute();
      return { digest: manifest.digest, tags: tags.map(({ name }) => name) };
    }),
  );
  return { ...blob, usedBy };
}

/** Names of other live repositories that hold the blob, in byte order: a bounded number of them. */
export async function readHolders(
  db: Database,
  digest: string,
  besides: string,
): Promise<readonly string[]> {
  const rows = await db.read
    .selectFrom("repository_blobs as l")
    .innerJoin("repositories as r", "r.id", "l.repository_id")
    .innerJoin("projects as o", "o.id", "r.project_id")
    .select("r.name")
    .where("l.digest", "=", digest)
    .where("l.deleted_at", "is", null)
    .where("r.deleted_at", "is", null)
    .where("o.deleted_at", "is", null)
    .where("r.id", "!=", besides)
    .limit(MOST_HOLDERS)
    .execute();
  return rows.map(({ name }) => name).sort();
}
