import type { Database } from "../../../platform/database/port.ts";

/** A row of what is indexed, in the order of its table. */
export interface Listed {
  readonly repositoryId: string;
  /** The repository's own, a tag's, or a manifest's digest. */
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

    /** Those in the trash included. */
    repositories: (after: Place, limit: number): Promise<Listed[]> =>
      db.read
        .selectFrom("repositories")
        .select(["id as repositoryId", "name"])
        .where("id", ">", after.repositoryId)
        .orderBy("id")
        .limit(limit)
        .execute(),

    tags: (after: Place, limit: number): Promise<Listed[]> =>
      db.read
        .selectFrom("tags as g")
        .select(["g.repository_id as repositoryId", "g.name"])
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
        .select(["m.repository_id as repositoryId", "m.digest as name"])
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
