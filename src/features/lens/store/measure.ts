import type { Database } from "../../../platform/database/port.ts";

/** A link of the registry. */
export interface Link {
  readonly digest: string;
  readonly repositoryId: string;
  readonly size: number;
}

/** The next links of all repositories, by blob, so that those of one blob follow one another. */
export async function nextLinks(
  db: Database,
  after: Pick<Link, "digest" | "repositoryId">,
  limit: number,
): Promise<Link[]> {
  return await db.read
    .selectFrom("repository_blobs as l")
    .innerJoin("blobs as b", "b.digest", "l.digest")
    .select(["l.digest", "l.repository_id as repositoryId", "b.size"])
    .where((eb) =>
      eb(
        eb.refTuple("l.digest", "l.repository_id"),
        ">",
        eb.tuple(after.digest, after.repositoryId),
      ),
    )
    .orderBy("l.digest")
    .orderBy("l.repository_id")
    .limit(limit)
    .execute();
}

export interface Owned {
  readonly id: string;
  readonly projectId: string;
}

/** The next repositories of the installation by id, those in the trash too. */
export async function nextRepositories(
  db: Database,
  after: string,
  limit: number,
): Promise<Owned[]> {
  return await db.read
    .selectFrom("repositories")
    .select(["id", "project_id as projectId"])
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
}

export interface StoredBlob {
  readonly digest: string;
  readonly size: number;
  readonly state: string;
}

/** The next blobs by digest, held by somebody or not. */
export async function nextBlobs(db: Database, after: string, limit: number): Promise<StoredBlob[]> {
  return await db.read
    .selectFrom("blobs")
    .select(["digest", "size", "state"])
    .where("digest", ">", after)
    .orderBy("digest")
    .limit(limit)
    .execute();
}

/** What a run that did not come to its end has measured of manifests already. */
export interface Weighed {
  readonly id: string;
  readonly manifests: number;
  readonly manifestBytes: number;
  readonly logical: number;
}

/** Whether all of a day was measured. */
export async function isComplete(db: Database, day: number): Promise<boolean> {
  const row = await db.read
    .selectFrom("lens_days")
    .select("day")
    .where("day", "=", day)
    .executeTakeFirst();
  return row !== undefined;
}

/** Those of some repositories that were measured on a day. */
export async function weighedOn(
  db: Database,
  day: number,
  repositories: readonly string[],
): Promise<Weighed[]> {
  return await db.read
    .selectFrom("lens_repositories")
    .select(["repository_id as id", "manifests", "manifest_bytes as manifestBytes", "logical"])
    .where("day", "=", day)
    .where("repository_id", "in", repositories)
    .execute();
}
