import type { Database } from "../../../platform/database/port.ts";

/** An artifact that a digest leads to. */
export interface DigestCandidate {
  /** What was looked for: the artifact's own, or that of a blob in it. */
  readonly found: string;
  readonly digest: string;
  readonly repositoryId: string;
  readonly name: string;
  readonly project: string;
  readonly at: number;
}

/** Where a walk through digests has come to. */
export interface DigestPosition {
  readonly found: string;
  readonly repositoryId: string;
  readonly digest: string;
}

export interface DigestScan {
  readonly start: string;
  readonly projects: readonly string[] | undefined;
  readonly after: DigestPosition | undefined;
  readonly limit: number;
}

/** The reads of a search for digests, which are in the tables themselves. */
export function digestReads(db: Database) {
  return {
    /** Live artifacts whose digests begin so. */
    async artifacts({ start, projects, after, limit }: DigestScan): Promise<DigestCandidate[]> {
      let query = db.read
        .selectFrom("manifests as m")
        .innerJoin("repositories as r", "r.id", "m.repository_id")
        .innerJoin("projects as o", "o.id", "r.project_id")
        .select([
          "m.digest as found",
          "m.digest",
          "m.repository_id as repositoryId",
          "r.name",
          "o.name as project",
          "m.pushed_at as at",
        ])
        .where("m.digest", ">=", start)
        .where("m.digest", "<", `${start}\u{10ffff}`)
        .where("m.deleted_at", "is", null)
        .where("r.deleted_at", "is", null)
        .where("o.deleted_at", "is", null);
      if (projects !== undefined) query = query.where("r.project_id", "in", [...projects, ""]);
      if (after !== undefined) {
        query = query.where((eb) =>
          eb.and([
            eb("m.digest", ">=", after.found),
            eb.or([
              eb("m.digest", ">", after.found),
              eb("m.repository_id", ">", after.repositoryId),
            ]),
          ]),
        );
      }
      return await query.orderBy("m.digest").orderBy("m.repository_id").limit(limit).execute();
    },

    /** Live artifacts that name blobs whose digests begin so. */
    async blobs({ start, projects, after, limit }: DigestScan): Promise<DigestCandidate[]> {
      let query = db.read
        .selectFrom("repository_blobs as l")
        .innerJoin("manifest_blobs as b", (join) =>
          join.onRef("b.repository_id", "=", "l.repository_id").onRef("b.digest", "=", "l.digest"),
        )
        .innerJoin("manifests as m", (join) =>
          join
            .onRef("m.repository_id", "=", "b.repository_id")
            .onRef("m.digest", "=", "b.manifest"),
        )
        .innerJoin("repositories as r", "r.id", "l.repository_id")
        .innerJoin("projects as o", "o.id", "r.project_id")
        .select([
          "l.digest as found",
          "m.digest",
          "m.repository_id as repositoryId",
          "r.name",
          "o.name as project",
          "m.pushed_at as at",
        ])
        .where("l.digest", ">=", start)
        .where("l.digest", "<", `${start}\u{10ffff}`)
        .where("m.deleted_at", "is", null)
        .where("r.deleted_at", "is", null)
        .where("o.deleted_at", "is", null);
      if (projects !== undefined) query = query.where("r.project_id", "in", [...projects, ""]);
      if (after !== undefined) {
        query = query.where((eb) =>
          eb.and([
            eb("l.digest", ">=", after.found),
            eb.or([
              eb("l.digest", ">", after.found),
              eb("l.repository_id", ">", after.repositoryId),
              eb.and([
                eb("l.repository_id", "=", after.repositoryId),
                eb("m.digest", ">", after.digest),
              ]),
            ]),
          ]),
        );
      }
      return await query
        .orderBy("l.digest")
        .orderBy("l.repository_id")
        .orderBy("m.digest")
        .limit(limit)
        .execute();
    },
  };
}

export type DigestReads = ReturnType<typeof digestReads>;
