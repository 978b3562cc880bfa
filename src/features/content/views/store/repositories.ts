import { type ExpressionBuilder, sql } from "kysely";
import type { Database } from "../../../../platform/database/port.ts";
import type { Schema } from "../../../../platform/database/schema/schema.ts";
import { anywhere, markOf, readMark } from "../mark.ts";
import type { Direction, RepositoryView } from "../view.ts";

/** A row of the list before anything is counted. */
export interface ListedRepository {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface RepositoryRows {
  readonly by: "name" | "updated";
  readonly direction: Direction;
  readonly after: string | undefined;
  readonly limit: number;
  /** Only those with this in their names. */
  readonly name: string | undefined;
  /** Only those of these projects, by id; undefined for all. */
  readonly projects: readonly string[] | undefined;
}

/** Lists tell numbers up to this one; more is more. */
export const MOST_COUNTED = 10_000;

type Where = ExpressionBuilder<
  Schema & { r: Schema["repositories"]; o: Schema["projects"] },
  "r" | "o"
>;

function behind(eb: Where, { by, direction, after }: RepositoryRows) {
  const beyond = direction === "asc" ? ">" : "<";
  if (by === "name") return after === undefined ? eb.and([]) : eb("r.name", beyond, after);
  const mark = readMark(after);
  if (mark === undefined) return eb.and([]);
  return eb.or([
    eb("r.updated_at", beyond, mark.at),
    eb.and([eb("r.updated_at", "=", mark.at), eb("r.name", beyond, mark.name)]),
  ]);
}

/** The mark of a row for the page that begins behind it. */
export function markOfRepository(by: RepositoryRows["by"], row: ListedRepository): string {
  return by === "name" ? row.name : markOf({ at: row.updatedAt, name: row.name });
}

/** Live repositories that hold something, as they are stored: whoever may see them. */
export async function readRepositories(
  db: Database,
  rows: RepositoryRows,
): Promise<ListedRepository[]> {
  const { by, direction, name, projects, limit } = rows;
  let query = db.read
    .selectFrom("repositories as r")
    .innerJoin("projects as o", "o.id", "r.project_id")
    .select([
      "r.id",
      "r.name",
      "o.name as project",
      "r.created_at as createdAt",
      "r.updated_at as updatedAt",
    ])
    .where("r.deleted_at", "is", null)
    .where("o.deleted_at", "is", null)
    .where("r.updated_at", "is not", null)
    .where((eb) => behind(eb as unknown as Where, rows));
  if (projects !== undefined) query = query.where("r.project_id", "in", [...projects, ""]);
  if (name !== undefined) {
    query = query.where(sql<boolean>`r.name like ${anywhere(name)} escape '\\'`);
  }
  if (by === "updated") query = query.orderBy("r.updated_at", direction);
  return await query
    .orderBy("r.name", direction)
    .limit(limit)
    .$castTo<ListedRepository>()
    .execute();
}

/** Counts tags and live manifests of a repository, up to `most` of each. */
export async function countIn(db: Database, id: string, most: number) {
  const tags = await db.read
    .selectFrom((e) =>
      e.selectFrom("tags").select("name").where("repository_id", "=", id).limit(most).as("x"),
    )
    .select((e) => e.fn.countAll<number>().as("count"))
    .executeTakeFirst();
  const artifacts = await db.read
    .selectFrom((e) =>
      e
        .selectFrom("manifests")
        .select("pushed_at")
        .where("repository_id", "=", id)
        .where("deleted_at", "is", null)
        .limit(most)
        .as("x"),
    )
    .select((e) => e.fn.countAll<number>().as("count"))
    .executeTakeFirst();
  return { tags: Number(tags?.count ?? 0), artifacts: Number(artifacts?.count ?? 0) };
}

/** Rows of a list with their numbers, each of which says `MOST_COUNTED + 1` where there are more. */
export async function counted(
  db: Database,
  rows: readonly ListedRepository[],
): Promise<RepositoryView[]> {
  return await Promise.all(
    rows.map(async (row) => ({ ...row, ...(await countIn(db, row.id, MOST_COUNTED + 1)) })),
  );
}

/** One live repository, counted whole. */
export async function readRepository(
  db: Database,
  name: string,
): Promise<RepositoryView | undefined> {
  const row = await db.read
    .selectFrom("repositories as r")
    .innerJoin("projects as o", "o.id", "r.project_id")
    .select([
      "r.id",
      "r.name",
      "o.name as project",
      "r.created_at as createdAt",
      "r.updated_at as updatedAt",
    ])
    .where("r.name", "=", name)
    .where("r.deleted_at", "is", null)
    .where("o.deleted_at", "is", null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { ...row, ...(await countIn(db, row.id, Number.MAX_SAFE_INTEGER)) };
}
