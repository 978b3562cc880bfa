import type { Database } from "../../../../platform/database/port.ts";

export interface InsightRow {
  readonly version: number;
  readonly failure: string | null;
  readonly totalSize: number | null;
  readonly document: Uint8Array<ArrayBuffer>;
}

/** Where a manifest is that has to be analysed. */
export interface Undescribed {
  readonly repository: string;
  readonly repositoryId: string;
  readonly digest: string;
  readonly principal: string;
}

/** Another artifact of the project that has a layer too. */
export interface Sharer {
  readonly repository: string;
  readonly manifest: string;
}

export interface ChildRow {
  readonly digest: string;
  readonly totalSize: number | null;
}

/** The reads of what was found out about artifacts. */
export function insightReads(db: Database) {
  const one = db.prepare((q, p: { repository: string; digest: string }) =>
    q
      .selectFrom("artifact_insights")
      .select(["version", "failure", "total_size as totalSize", "document"])
      .where("repository_id", "=", p.repository)
      .where("digest", "=", p.digest)
      .$castTo<InsightRow>()
      .compile(),
  );
  const sharers = db.prepare((q, p: { digest: string; project: string; limit: number }) =>
    q
      .selectFrom("repository_blobs as l")
      .innerJoin("repositories as r", "r.id", "l.repository_id")
      .innerJoin("manifest_blobs as b", (join) =>
        join.onRef("b.repository_id", "=", "l.repository_id").onRef("b.digest", "=", "l.digest"),
      )
      .innerJoin("manifests as m", (join) =>
        join.onRef("m.repository_id", "=", "b.repository_id").onRef("m.digest", "=", "b.manifest"),
      )
      .select(["r.name as repository", "b.manifest"])
      .where("l.digest", "=", p.digest)
      .where("r.project_id", "=", p.project)
      .where("r.deleted_at", "is", null)
      .where("m.deleted_at", "is", null)
      .limit(p.limit)
      .$castTo<Sharer>()
      .compile(),
  );
  return {
    async find(repository: string, digest: string): Promise<InsightRow | undefined> {
      return (await one({ repository, digest }))[0];
    },

    /** What was found out about those of some manifests that were analysed. */
    async some(
      repositoryId: string,
      digests: readonly string[],
    ): Promise<(InsightRow & { readonly digest: string })[]> {
      if (digests.length === 0) return [];
      return await db.read
        .selectFrom("artifact_insights")
        .select(["digest", "version", "failure", "total_size as totalSize", "document"])
        .where("repository_id", "=", repositoryId)
        .where("digest", "in", digests)
        .$castTo<InsightRow & { readonly digest: string }>()
        .execute();
    },

    /** Artifacts of the project that have the layer, the first of them in no order. */
    sharers: (digest: string, project: string, limit: number) =>
      sharers({ digest, project, limit }),

    /** Those of some manifests that are there, with the size of all they name. */
    async children(repositoryId: string, digests: readonly string[]): Promise<ChildRow[]> {
      if (digests.length === 0) return [];
      return await db.read
        .selectFrom("manifests as m")
        .leftJoin("artifact_insights as i", (join) =>
          join.onRef("i.repository_id", "=", "m.repository_id").onRef("i.digest", "=", "m.digest"),
        )
        .select(["m.digest", "i.total_size as totalSize"])
        .where("m.repository_id", "=", repositoryId)
        .where("m.digest", "in", digests)
        .where("m.deleted_at", "is", null)
        .execute();
    },

    /** The newest artifact of these types that names the manifest as its subject. */
    async referrer(
      repositoryId: string,
      subject: string,
      types: readonly string[],
    ): Promise<string | undefined> {
      const found = await db.read
        .selectFrom("manifests")
        .select("digest")
        .where("repository_id", "=", repositoryId)
        .where("subject", "=", subject)
        .where("artifact_type", "in", types)
        .where("deleted_at", "is", null)
        .orderBy("pushed_at", "desc")
        .orderBy("digest")
        .limit(1)
        .executeTakeFirst();
      return found?.digest;
    },

    /** Live manifests after the given one that this version has not analysed. */
    async undescribed(
      version: number,
      after: { readonly repositoryId: string; readonly digest: string },
      limit: number,
    ): Promise<Undescribed[]> {
      return await db.read
        .selectFrom("manifests as m")
        .innerJoin("repositories as r", "r.id", "m.repository_id")
        .leftJoin("artifact_insights as i", (join) =>
          join
            .onRef("i.repository_id", "=", "m.repository_id")
            .onRef("i.digest", "=", "m.digest")
            .on("i.version", ">=", version),
        )
        .select([
          "r.name as repository",
          "m.repository_id as repositoryId",
          "m.digest",
          "m.pushed_by as principal",
        ])
        .where((e) =>
          e.or([
            e("m.repository_id", ">", after.repositoryId),
            e.and([
              e("m.repository_id", "=", after.repositoryId),
              e("m.digest", ">", after.digest),
            ]),
          ]),
        )
        .where("m.deleted_at", "is", null)
        .where("r.deleted_at", "is", null)
        .where("i.digest", "is", null)
        .orderBy("m.repository_id")
        .orderBy("m.digest")
        .limit(limit)
        .execute();
    },
  };
}

export type InsightReads = ReturnType<typeof insightReads>;
