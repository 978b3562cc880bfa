import { sql } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import type { Span } from "../rules.ts";
import type { Figures } from "../usage.ts";

/** One point of a curve. */
export interface TrafficPoint extends Figures {
  readonly at: number;
}

export interface InstallationPoint extends TrafficPoint {
  readonly logins: number;
  readonly loginsDenied: number;
}

const SUMS = ["pulls", "pushes", "bytes_in", "bytes_out", "logins", "logins_denied"] as const;

/** A sum of integers is a decimal on PostgreSQL, and null of no rows. */
function sum(column: (typeof SUMS)[number]) {
  return sql<number>`cast(coalesce(sum(${sql.ref(column)}), 0) as bigint)`;
}

const figures = [
  sum("pulls").as("pulls"),
  sum("pushes").as("pushes"),
  sum("bytes_in").as("bytesIn"),
  sum("bytes_out").as("bytesOut"),
] as const;

/** The whole installation: only the points at which something happened. */
export function installationTraffic(
  db: Database,
  { from, to }: Span,
  width: number,
): Promise<InstallationPoint[]> {
  const at = sql<number>`hour - hour % ${sql.lit(width)}`;
  return db.read
    .selectFrom("usage_hours")
    .select([
      at.as("at"),
      ...figures,
      sum("logins").as("logins"),
      sum("logins_denied").as("loginsDenied"),
    ])
    .where("hour", ">=", from)
    .where("hour", "<", to)
    .groupBy(at)
    .execute();
}

/** All repositories that a project has or had. */
export function projectTraffic(
  db: Database,
  projectId: string,
  { from, to }: Span,
): Promise<TrafficPoint[]> {
  return db.read
    .selectFrom("usage_days")
    .innerJoin("repositories", "repositories.id", "usage_days.repository_id")
    .select(["day as at", ...figures])
    .where("repositories.project_id", "=", projectId)
    .where("day", ">=", from)
    .where("day", "<", to)
    .groupBy("day")
    .execute();
}

export function repositoryTraffic(
  db: Database,
  repositoryId: string,
  { from, to }: Span,
): Promise<TrafficPoint[]> {
  return db.read
    .selectFrom("usage_days")
    .select(["day as at", "pulls", "pushes", "bytes_in as bytesIn", "bytes_out as bytesOut"])
    .where("repository_id", "=", repositoryId)
    .where("day", ">=", from)
    .where("day", "<", to)
    .execute();
}

/** The live repository of that name; undefined for none. */
export async function repositoryNamed(db: Database, name: string): Promise<string | undefined> {
  const row = await db.read
    .selectFrom("repositories")
    .select("id")
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row?.id;
}

export interface EverUsed extends Figures {
  readonly lastPulledAt: number | null;
  readonly lastPushedAt: number | null;
}

/** All that was ever counted of a repository; undefined where nothing was. */
export function everUsed(db: Database, repositoryId: string): Promise<EverUsed | undefined> {
  return db.read
    .selectFrom("usage_repositories")
    .select([
      "pulls",
      "pushes",
      "bytes_in as bytesIn",
      "bytes_out as bytesOut",
      "last_pulled_at as lastPulledAt",
      "last_pushed_at as lastPushedAt",
    ])
    .where("repository_id", "=", repositoryId)
    .executeTakeFirst();
}

/** What repositories can be sorted by. */
export type RankBy = "pulls" | "bytesOut" | "pushes";

const RANKS = { pulls: "pulls", bytesOut: "bytes_out", pushes: "pushes" } as const;

export interface RankedRepository extends Figures {
  readonly id: string;
  readonly repository: string;
  readonly project: string;
  readonly lastPulledAt: number | null;
}

export interface Ranking {
  readonly span: Span;
  readonly by: RankBy;
  /** The last repository of the page before: its figure and its name. */
  readonly after: { readonly figure: number; readonly name: string } | null;
  readonly limit: number;
}

/** The live repositories that were used most in a span, by one figure and then by name. */
export function rankedRepositories(
  db: Database,
  { span, by, after, limit }: Ranking,
): Promise<RankedRepository[]> {
  const rank = sql<number>`sum(${sql.ref(`usage_days.${RANKS[by]}`)})`;
  let query = db.read
    .selectFrom("usage_days")
    .innerJoin("repositories", "repositories.id", "usage_days.repository_id")
    .innerJoin("projects", "projects.id", "repositories.project_id")
    .leftJoin("usage_repositories as ever", "ever.repository_id", "repositories.id")
    .select([
      "repositories.id",
      "repositories.name as repository",
      "projects.name as project",
      "ever.last_pulled_at as lastPulledAt",
      sql<number>`cast(sum(usage_days.pulls) as bigint)`.as("pulls"),
      sql<number>`cast(sum(usage_days.pushes) as bigint)`.as("pushes"),
      sql<number>`cast(sum(usage_days.bytes_in) as bigint)`.as("bytesIn"),
      sql<number>`cast(sum(usage_days.bytes_out) as bigint)`.as("bytesOut"),
    ])
    .where("usage_days.day", ">=", span.from)
    .where("usage_days.day", "<", span.to)
    .where("repositories.deleted_at", "is", null)
    .where("projects.deleted_at", "is", null)
    .groupBy(["repositories.id", "repositories.name", "projects.name", "ever.last_pulled_at"])
    .orderBy(rank, "desc")
    .orderBy("repositories.name")
    .limit(limit);
  if (after !== null) {
    query = query.having((eb) =>
      eb.or([
        eb(rank, "<", after.figure),
        eb.and([eb(rank, "=", after.figure), eb("repositories.name", ">", after.name)]),
      ]),
    );
  }
  return query.execute();
}

/** A repository that somebody used, and how last. */
export interface RecentUse {
  readonly repositoryId: string;
  readonly at: number;
  readonly what: "push" | "pull";
}

/** What a principal used last, newest first; a repository once for each day. */
export async function recentUses(
  db: Database,
  principalId: string,
  limit: number,
): Promise<RecentUse[]> {
  const rows = await db.read
    .selectFrom("usage_principals")
    .select(["repository_id", "last_pushed_at", "last_at"])
    .where("principal_id", "=", principalId)
    .orderBy("last_at", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ repository_id, last_pushed_at, last_at }) => {
    return {
      repositoryId: repository_id,
      at: last_at,
      what: last_pushed_at === last_at ? "push" : "pull",
    };
  });
}

/** When manifests of a repository were pulled last. */
export async function lastPulled(
  db: Database,
  repositoryId: string,
  digests: readonly string[],
): Promise<Map<string, number>> {
  if (digests.length === 0) return new Map();
  const rows = await db.read
    .selectFrom("usage_manifests")
    .select(["digest", "last_pulled_at"])
    .where("repository_id", "=", repositoryId)
    .where("digest", "in", digests)
    .execute();
  return new Map(rows.map((row) => [row.digest, row.last_pulled_at]));
}
