import type { Database } from "../../platform/database/port.ts";
import type { Project } from "./project.ts";

export const columns = [
  "id",
  "name",
  "created_at",
  "deleted_at",
  "public",
  "addresses",
  "description",
  "untagged_after",
  "version",
] as const;

export interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: number;
  readonly deleted_at: number | null;
  readonly public: number;
  readonly addresses: string | null;
  readonly description: string | null;
  readonly untagged_after: number | null;
  readonly version: number;
}

/** The networks of a row; a damaged list is one that nobody is in. */
export function networksOf(addresses: string | null): readonly string[] | null {
  if (addresses === null) return null;
  const list: unknown = JSON.parse(addresses);
  return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
}

function projectOf(row: ProjectRow): Project {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    isPublic: row.public === 1,
    networks: networksOf(row.addresses),
    untaggedAfter: row.untagged_after,
    createdAt: row.created_at,
    deletedAt: row.deleted_at,
    version: row.version,
  };
}

/** The reads of projects. */
export function projectReads(db: Database) {
  const byName = db.prepare((q, p: { name: string }) =>
    q
      .selectFrom("projects")
      .select(columns)
      .where("name", "=", p.name)
      .where("deleted_at", "is", null)
      .compile(),
  );
  return {
    /** The live project of that name. */
    async named(name: string): Promise<Project | undefined> {
      const [row] = await byName({ name });
      return row === undefined ? undefined : projectOf(row);
    },
    /** Deleted ones too. */
    async get(id: string): Promise<Project | undefined> {
      const row = await db.read
        .selectFrom("projects")
        .select(columns)
        .where("id", "=", id)
        .executeTakeFirst();
      return row === undefined ? undefined : projectOf(row);
    },
    /** Live ones by name, after `after` ("" for the first page), whose names begin with `prefix`. */
    async page(after: string, prefix: string, limit: number): Promise<Project[]> {
      const rows = await db.read
        .selectFrom("projects")
        .select(columns)
        .where("deleted_at", "is", null)
        .where("name", ">", after)
        // Names are of lower ASCII: "~" sorts behind all of their signs.
        .where("name", ">=", prefix)
        .where("name", "<", `${prefix}~`)
        .orderBy("name")
        .limit(limit)
        .execute();
      return rows.map(projectOf);
    },
    /** Deleted ones, the youngest first, below `before` (null for the first page). */
    async deleted(before: string | null, limit: number): Promise<Project[]> {
      let query = db.read
        .selectFrom("projects")
        .select(columns)
        .where("deleted_at", "is not", null)
        .where("emptied_at", "is", null)
        .orderBy("id", "desc")
        .limit(limit);
      if (before !== null) query = query.where("id", "<", before);
      return (await query.execute()).map(projectOf);
    },
  };
}
