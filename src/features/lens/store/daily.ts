import type { SelectQueryBuilder } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import type { Schema } from "../../../platform/database/schema/schema.ts";

/** What was measured of a project or repository, and what it was some days before. */
export interface MeasuredRow {
  readonly id: string;
  readonly name: string;
  /** The project's name. */
  readonly project: string;
  readonly deletedAt: number | null;
  readonly manifests: number;
  readonly manifestBytes: number;
  readonly blobs: number;
  readonly logical: number;
  readonly unique: number;
  readonly shared: number;
  /** `unique` on the day that it is compared with; null when it was not there. */
  readonly before: number | null;
}

/** A day whose figures are complete. */
export interface MeasuredDay {
  readonly day: number;
  readonly measuredAt: number;
}

/** The last complete day; undefined before the first. */
export async function lastDay(db: Database): Promise<MeasuredDay | undefined> {
  return await db.read
    .selectFrom("lens_days")
    .select(["day", "measured_at as measuredAt"])
    .orderBy("day", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** The first complete day not before `from`. */
export async function dayFrom(db: Database, from: number): Promise<number | undefined> {
  const row = await db.read
    .selectFrom("lens_days")
    .select("day")
    .where("day", ">=", from)
    .orderBy("day")
    .limit(1)
    .executeTakeFirst();
  return row?.day;
}

export interface Ranking {
  readonly day: number;
  /** The day to compare with. */
  readonly since: number;
  /** Where the page before ended. */
  readonly after: { readonly unique: number; readonly id: string } | undefined;
  readonly limit: number;
}

type Ranked = SelectQueryBuilder<Schema & { s: Schema["lens_projects"] }, "s", object>;

/** The largest first; `id` is the column that tells them apart. */
function ranked<Q>(query: Q, id: "project_id" | "repository_id", ranking: Ranking): Q {
  const { day, after, limit } = ranking;
  const key = `s.${id}` as "s.project_id";
  let some = (query as unknown as Ranked)
    .where("s.day", "=", day)
    .orderBy("s.unique_bytes", "desc")
    .orderBy(key, "desc")
    .limit(limit);
  if (after !== undefined) {
    some = some.where((eb) =>
      eb(eb.refTuple("s.unique_bytes", key), "<", eb.tuple(after.unique, after.id)),
    );
  }
  return some as unknown as Q;
}

const figures = [
  "s.manifests",
  "s.manifest_bytes as manifestBytes",
  "s.blobs",
  "s.logical",
  "s.unique_bytes as unique",
] as const;

/** Projects by what they take, the largest first. */
export async function rankedProjects(db: Database, ranking: Ranking): Promise<MeasuredRow[]> {
  const query = db.read
    .selectFrom("lens_projects as s")
    .innerJoin("projects as p", "p.id", "s.project_id")
    .leftJoin("lens_projects as b", (join) =>
      join.onRef("b.project_id", "=", "s.project_id").on("b.day", "=", ranking.since),
    )
    .select(["p.id", "p.name", "p.name as project", "p.deleted_at as deletedAt", ...figures])
    .select(["s.shared_bytes as shared", "b.unique_bytes as before"]);
  return await ranked(query, "project_id", ranking).execute();
}

export interface RepositoryRanking extends Ranking {
  /** Only repositories of this project; undefined for all. */
  readonly projectId: string | undefined;
  /** Whether the repositories of the same project alone count as others. */
  readonly isWithin: boolean;
}

/** Repositories by what they take, the largest first; those in the trash too. */
export async function rankedRepositories(
  db: Database,
  ranking: RepositoryRanking,
): Promise<MeasuredRow[]> {
  const { projectId, isWithin } = ranking;
  let query = db.read
    .selectFrom("lens_repositories as s")
    .innerJoin("repositories as r", "r.id", "s.repository_id")
    .innerJoin("projects as p", "p.id", "r.project_id")
    .leftJoin("lens_repositories as b", (join) =>
      join.onRef("b.repository_id", "=", "s.repository_id").on("b.day", "=", ranking.since),
    )
    .select(["r.id", "r.name", "p.name as project", "r.deleted_at as deletedAt", ...figures])
    .select(isWithin ? "s.shared_within as shared" : "s.shared_bytes as shared")
    .select("b.unique_bytes as before");
  if (projectId !== undefined) query = query.where("s.project_id", "=", projectId);
  return await ranked(query, "repository_id", ranking).execute();
}

/** One day of a curve. */
export interface GrowthPoint {
  readonly at: number;
  /** Of the installation: bytes of all blobs. */
  readonly unique: number;
  readonly logical: number;
}

/** The same with the disk that it lies on. */
export interface DiskPoint extends GrowthPoint {
  readonly total: number;
  readonly free: number;
}

interface Days {
  readonly from: number;
  readonly to: number;
}

export async function installationGrowth(db: Database, { from, to }: Days): Promise<DiskPoint[]> {
  return await db.read
    .selectFrom("lens_days")
    .select(["day as at", "stored as unique", "logical", "capacity as total", "free"])
    .where("day", ">=", from)
    .where("day", "<", to)
    .orderBy("day")
    .execute();
}

/** Of complete days; those before the project had anything are not among them. */
export async function projectGrowth(
  db: Database,
  projectId: string,
  { from, to }: Days,
): Promise<GrowthPoint[]> {
  return await db.read
    .selectFrom("lens_projects as s")
    .innerJoin("lens_days as d", "d.day", "s.day")
    .select(["s.day as at", "s.unique_bytes as unique", "s.logical"])
    .where("s.project_id", "=", projectId)
    .where("s.day", ">=", from)
    .where("s.day", "<", to)
    .orderBy("s.day")
    .execute();
}

/** Bytes that something had stored on a day. */
export interface StoredDay {
  readonly id: string;
  readonly day: number;
  readonly bytes: number;
}

/** The days of a project on which it was measured. */
export async function projectStored(
  db: Database,
  projectId: string,
  { from, to }: Days,
): Promise<StoredDay[]> {
  return await db.read
    .selectFrom("lens_projects")
    .select(["project_id as id", "day", "unique_bytes as bytes"])
    .where("project_id", "=", projectId)
    .where("day", ">=", from)
    .where("day", "<", to)
    .execute();
}

/** The days of some repositories on which they were measured. */
export async function repositoriesStored(
  db: Database,
  ids: readonly string[],
  { from, to }: Days,
): Promise<StoredDay[]> {
  return await db.read
    .selectFrom("lens_repositories")
    .select(["repository_id as id", "day", "unique_bytes as bytes"])
    .where("repository_id", "in", ids)
    .where("day", ">=", from)
    .where("day", "<", to)
    .execute();
}
