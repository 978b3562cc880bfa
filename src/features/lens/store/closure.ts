import type { Database } from "../../../platform/database/port.ts";
import type { Edge } from "./manifests.ts";

/** A live manifest, and what it refers to. */
export interface FoundManifest {
  readonly digest: string;
  readonly size: number;
  readonly subject: string | null;
}

/** Those of the manifests that are live in the repository. */
export async function liveAmong(
  db: Database,
  repositoryId: string,
  digests: readonly string[],
): Promise<FoundManifest[]> {
  return await db.read
    .selectFrom("manifests")
    .select(["digest", "size", "subject"])
    .where("repository_id", "=", repositoryId)
    .where("digest", "in", digests)
    .where("deleted_at", "is", null)
    .execute();
}

/** The next edges from some manifests to those that they list. */
export async function listedBy(
  db: Database,
  repositoryId: string,
  manifests: readonly string[],
  after: Edge,
  limit: number,
): Promise<Edge[]> {
  return await db.read
    .selectFrom("manifest_children")
    .select(["manifest", "child as digest"])
    .where("repository_id", "=", repositoryId)
    .where("manifest", "in", manifests)
    .where((eb) =>
      eb(eb.refTuple("manifest", "child"), ">", eb.tuple(after.manifest, after.digest)),
    )
    .orderBy("manifest")
    .orderBy("child")
    .limit(limit)
    .execute();
}

/** The next edges from live manifests to those of some that they list, by what is listed. */
export async function listing(
  db: Database,
  repositoryId: string,
  children: readonly string[],
  after: Edge,
  limit: number,
): Promise<Edge[]> {
  return await db.read
    .selectFrom("manifest_children as e")
    .innerJoin("manifests as m", (join) =>
      join.onRef("m.repository_id", "=", "e.repository_id").onRef("m.digest", "=", "e.manifest"),
    )
    .select(["e.manifest", "e.child as digest"])
    .where("e.repository_id", "=", repositoryId)
    .where("e.child", "in", children)
    .where("m.deleted_at", "is", null)
    .where((eb) =>
      eb(eb.refTuple("e.child", "e.manifest"), ">", eb.tuple(after.digest, after.manifest)),
    )
    .orderBy("e.child")
    .orderBy("e.manifest")
    .limit(limit)
    .execute();
}

/** The next live manifests that refer to some of a repository; `manifest` is what they refer to. */
export async function referring(
  db: Database,
  repositoryId: string,
  subjects: readonly string[],
  after: Edge,
  limit: number,
): Promise<Edge[]> {
  const rows = await db.read
    .selectFrom("manifests")
    .select(["subject", "digest"])
    .where("repository_id", "=", repositoryId)
    .where("subject", "in", subjects)
    .where("deleted_at", "is", null)
    .where((eb) =>
      eb(eb.refTuple("subject", "digest"), ">", eb.tuple(after.manifest, after.digest)),
    )
    .orderBy("subject")
    .orderBy("digest")
    .limit(limit)
    .execute();
  return rows.map(({ subject, digest }) => ({ manifest: subject ?? "", digest }));
}

/** Those of the manifests that a tag is on. */
export async function taggedAmong(
  db: Database,
  repositoryId: string,
  digests: readonly string[],
): Promise<string[]> {
  const rows = await db.read
    .selectFrom("tags")
    .select("manifest")
    .distinct()
    .where("repository_id", "=", repositoryId)
    .where("manifest", "in", digests)
    .execute();
  return rows.map(({ manifest }) => manifest);
}

export interface Standing {
  readonly id: string;
  readonly projectId: string;
  /** The project's own word on untagged manifests; null for none. */
  readonly untaggedAfter: number | null;
}

/** The live repository of that name. */
export async function standingOf(db: Database, name: string): Promise<Standing | undefined> {
  return await db.read
    .selectFrom("repositories as r")
    .innerJoin("projects as p", "p.id", "r.project_id")
    .select(["r.id", "r.project_id as projectId", "p.untagged_after as untaggedAfter"])
    .where("r.name", "=", name)
    .where("r.deleted_at", "is", null)
    .executeTakeFirst();
}

/** What a tag of a repository is on. */
export async function taggedWith(
  db: Database,
  repositoryId: string,
  tag: string,
): Promise<string | undefined> {
  const row = await db.read
    .selectFrom("tags")
    .select("manifest")
    .where("repository_id", "=", repositoryId)
    .where("name", "=", tag)
    .executeTakeFirst();
  return row?.manifest;
}
