import { sql } from "kysely";
import type { Database } from "../../../platform/database/port.ts";

export interface WeighedManifest {
  readonly digest: string;
  /** Of the manifest itself. */
  readonly size: number;
  /** Of the blobs that it names and that are here. */
  readonly named: number;
  readonly deletedAt: number | null;
}

/** The next manifests of a repository after a digest, those in the trash too. */
export async function weighedManifests(
  db: Database,
  repositoryId: string,
  after: string,
  limit: number,
): Promise<WeighedManifest[]> {
  return await db.read
    .selectFrom("manifests as m")
    .select((eb) => [
      "m.digest",
      "m.size",
      "m.deleted_at as deletedAt",
      sql<number>`coalesce(${eb
        .selectFrom("manifest_blobs as e")
        .innerJoin("blobs as b", "b.digest", "e.digest")
        .select(sql<number>`cast(sum(b.size) as bigint)`.as("all"))
        .whereRef("e.repository_id", "=", "m.repository_id")
        .whereRef("e.manifest", "=", "m.digest")}, 0)`.as("named"),
    ])
    .where("m.repository_id", "=", repositoryId)
    .where("m.digest", ">", after)
    .orderBy("m.digest")
    .limit(limit)
    .execute();
}

/** An edge from a manifest to what it names. */
export interface Edge {
  readonly manifest: string;
  readonly digest: string;
}

/** The mark before every edge. */
export const NO_EDGE: Edge = { manifest: "", digest: "" };

/** The next blobs that some manifests of a repository name, after an edge. */
export async function namedBlobs(
  db: Database,
  repositoryId: string,
  manifests: readonly string[],
  after: Edge,
  limit: number,
): Promise<Edge[]> {
  return await db.read
    .selectFrom("manifest_blobs")
    .select(["manifest", "digest"])
    .where("repository_id", "=", repositoryId)
    .where("manifest", "in", manifests)
    .where((eb) =>
      eb(eb.refTuple("manifest", "digest"), ">", eb.tuple(after.manifest, after.digest)),
    )
    .orderBy("manifest")
    .orderBy("digest")
    .limit(limit)
    .execute();
}

/**
 * How many manifests of a repository, live or in the trash, name each of some blobs; `most` stands
 * for that many or more.
 */
export async function namersOf(
  db: Database,
  repositoryId: string,
  digests: readonly string[],
  most: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.read
    .selectFrom("blobs as b")
    .select((eb) => [
      "b.digest",
      eb
        .selectFrom((inner) =>
          inner
            .selectFrom("manifest_blobs as e")
            .select("e.manifest")
            .where("e.repository_id", "=", repositoryId)
            .whereRef("e.digest", "=", "b.digest")
            .limit(most)
            .as("some"),
        )
        .select((inner) => inner.fn.countAll<number>().as("count"))
        .as("count"),
    ])
    .where("b.digest", "in", digests)
    .execute();
  return new Map(rows.map(({ digest, count }) => [digest, Number(count)]));
}
