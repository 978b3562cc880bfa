import { sql } from "kysely";
import { kindOf } from "../../../oci/artifact-kind.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { ManifestFact, TagFact } from "../rules-facts.ts";

/** A repository that a policy may be for. */
export interface ListedRepository {
  readonly id: string;
  /** The full name. */
  readonly name: string;
}

/** The name of a project, whether it is live or not. */
export async function nameOfProject(db: Database, id: string): Promise<string> {
  const row = await db.read
    .selectFrom("projects")
    .select("name")
    .where("id", "=", id)
    .executeTakeFirst();
  return row?.name ?? "";
}

/** Live repositories of a live project in the order of their names. */
export function readRepositories(
  db: Database,
  projectId: string,
  after: string,
  limit: number,
): Promise<ListedRepository[]> {
  return db.read
    .selectFrom("repositories as r")
    .innerJoin("projects as p", "p.id", "r.project_id")
    .select(["r.id", "r.name"])
    .where("r.project_id", "=", projectId)
    .where("r.name", ">", after)
    .where("r.deleted_at", "is", null)
    .where("p.deleted_at", "is", null)
    .orderBy("r.name")
    .limit(limit)
    .execute();
}

/** Annotations of a manifest, as they lie in its row. */
export type Bare = Omit<ManifestFact, "children" | "labels" | "platform" | "pulledAt"> & {
  readonly annotations: string | null;
};

export async function readManifests(
  db: Database,
  repositoryId: string,
  after: string,
  limit: number,
): Promise<Bare[]> {
  const rows = await db.read
    .selectFrom("manifests")
    .select(["digest", "media_type", "artifact_type", "subject", "pushed_at", "annotations"])
    .where("repository_id", "=", repositoryId)
    .where("digest", ">", after)
    .where("deleted_at", "is", null)
    .orderBy("digest")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    digest: row.digest,
    artifactType: row.artifact_type,
    kind: kindOf(row.media_type, row.artifact_type),
    subject: row.subject,
    pushedAt: row.pushed_at,
    annotations: row.annotations,
  }));
}

export interface Edge {
  readonly manifest: string;
  readonly child: string;
}

/** What indexes list, in the order of the edges' keys. */
export function readEdges(
  db: Database,
  repositoryId: string,
  { manifest, child }: Edge,
  limit: number,
): Promise<Edge[]> {
  return db.read
    .selectFrom("manifest_children")
    .select(["manifest", "child"])
    .where("repository_id", "=", repositoryId)
    .where((eb) => eb(eb.refTuple("manifest", "child"), ">", eb.tuple(manifest, child)))
    .orderBy("manifest")
    .orderBy("child")
    .limit(limit)
    .execute();
}

export function readTags(
  db: Database,
  repositoryId: string,
  after: string,
  limit: number,
): Promise<Omit<TagFact, "isImmutable">[]> {
  return db.read
    .selectFrom("tags")
    .select(["name", "manifest as digest", "updated_at as movedAt"])
    .where("repository_id", "=", repositoryId)
    .where("name", ">", after)
    .orderBy("name")
    .limit(limit)
    .execute();
}

/** When manifests were pulled last, in the order of their digests. */
export function readPulls(db: Database, repositoryId: string, after: string, limit: number) {
  return db.read
    .selectFrom("usage_manifests")
    .select(["digest", "last_pulled_at as at"])
    .where("repository_id", "=", repositoryId)
    .where("digest", ">", after)
    .orderBy("digest")
    .limit(limit)
    .execute();
}

/**
 * The manifests of a repository that run somewhere: by their digests, or by those of their configs,
 * which is what some container runtimes report.
 */
export async function readRunning(
  db: Database,
  repositoryId: string,
  after: string,
  limit: number,
): Promise<{ readonly last: string | undefined; readonly digests: readonly string[] }> {
  const reported = await db.read
    .selectFrom("in_use_digests")
    .select("digest")
    .distinct()
    .where("digest", ">", after)
    .orderBy("digest")
    .limit(limit)
    .execute();
  const last = reported.length < limit ? undefined : reported.at(-1)?.digest;
  if (reported.length === 0) return { last, digests: [] };
  const digests = reported.map((row) => row.digest);
  const named = await db.read
    .selectFrom("manifest_blobs")
    .select("manifest")
    .distinct()
    .where("repository_id", "=", repositoryId)
    .where("digest", "in", digests)
    .execute();
  return { last, digests: [...digests, ...named.map((row) => row.manifest)] };
}

/** Whether anything is reported to run at all. */
export async function isAnythingRunning(db: Database): Promise<boolean> {
  const { rows } = await sql<{
    found: number;
  }>`select 1 as found from in_use_digests limit 1`.execute(db.read);
  return rows.length > 0;
}
