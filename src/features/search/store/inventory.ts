import type { Database } from "../../../platform/database/port.ts";

/** A row of what is indexed, in the order of its table. */
export interface Listed {
  readonly repositoryId: string;
  readonly projectId: string;
  /** A tag's name or a manifest's digest. */
  readonly name: string;
}

/** Where a walk through a table has come to. */
export interface Place {
  readonly repositoryId: string;
  readonly name: string;
}

/** The reads that an index is made from. */
export function inventoryReads(db: Database) {
  return {
    /** Live projects behind an id. */
    projects: (after: string, limit: number) =>
      db.read
        .selectFrom("projects")
        .select("id")
        .where("id", ">", after)
        .where("deleted_at", "is", null)
        .orderBy("id")
        .limit(limit)
        .execute(),

    /** Repositories behind an id, those in the trash included. */
    repositories: (after: string, limit: number) =>
      db.read
        .selectFrom("repositories")
        .select(["id", "project_id as projectId"])
        .where("id", ">", after)
        .orderBy("id")
        .limit(limit)
        .execute(),

    /** The projects of repositories that are there, by their ids. */
    async projectsOf(ids: readonly string[]): Promise<Map<string, string>> {
      if (ids.length === 0) return new Map();
      const rows = await db.read
        .selectFrom("repositories")
        .select(["id", "project_id"])
        .where("id", "in", ids)
        .execute();
      return new Map(rows.map((row) => [row.id, row.project_id]));
    },

    tags: (after: Place, limit: number): Promise<Listed[]> =>
      db.read
        .selectFrom("tags as g")
        .innerJoin("repositories as r", "r.id", "g.repository_id")
        .select(["g.repository_id as repositoryId", "r.project_id as projectId", "g.name"])
        .where((eb) =>
          eb.and([
            eb("g.repository_id", ">=", after.repositoryId),
            eb.or([eb("g.repository_id", ">", after.repositoryId), eb("g.name", ">", after.name)]),
          ]),
        )
        .orderBy("g.repository_id")
        .orderBy("g.name")
        .limit(limit)
        .execute(),

    /** Live manifests. */
    manifests: (after: Place, limit: number): Promise<Listed[]> =>
      db.read
        .selectFrom("manifests as m")
        .innerJoin("repositories as r", "r.id", "m.repository_id")
        .select([
          "m.repository_id as repositoryId",
          "r.project_id as projectId",
          "m.digest as name",
        ])
        .where((eb) =>
          eb.and([
            eb("m.repository_id", ">=", after.repositoryId),
            eb.or([
              eb("m.repository_id", ">", after.repositoryId),
              eb("m.digest", ">", after.name),
            ]),
          ]),
        )
        .where("m.deleted_at", "is", null)
        .orderBy("m.repository_id")
        .orderBy("m.digest")
        .limit(limit)
        .execute(),
  };
}

export type InventoryReads = ReturnType<typeof inventoryReads>;
