import { sql } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import type { BlobState } from "../../../platform/database/schema/content.ts";
import { readManifestPosition } from "../rules.ts";

export interface ShardRow {
  readonly digest: string;
  readonly size: number;
  readonly location: string;
  readonly state: BlobState;
}

/** What an edge, a link or a tag points at in vain. */
export interface Dangling {
  readonly repositoryId: string;
  readonly repository: string;
  /** The second part of the row's key. */
  readonly key: string;
  readonly digest: string;
}

/** What a check of storage against database reads; page after page, each over an index. */
export function fsckReads(db: Pick<Database, "read">) {
  const { read } = db;

  return {
    /** Rows whose copies lie in one folder: its digests share their beginning. */
    async blobs(beginning: string, after: string, limit: number): Promise<ShardRow[]> {
      return await read
        .selectFrom("blobs")
        .select(["digest", "size", "location", "state"])
        .where("digest", ">", after === "" ? beginning : after)
        // The digits end with `f`.
        .where("digest", "<", `${beginning}g`)
        .orderBy("digest")
        .limit(limit)
        .execute();
    },

    /** The row as it is now. */
    async blob(digest: string): Promise<ShardRow | undefined> {
      return await read
        .selectFrom("blobs")
        .select(["digest", "size", "location", "state"])
        .where("digest", "=", digest)
        .executeTakeFirst();
    },

    /** Whether a copy is written down to be removed. */
    async isDisplaced(location: string): Promise<boolean> {
      const row = await read
        .selectFrom("displaced_copies")
        .select("location")
        .where("location", "=", location)
        .executeTakeFirst();
      return row !== undefined;
    },

    /** Blobs that no repository links and that no stamp lets go. */
    async unlinked(after: string, limit: number): Promise<string[]> {
      const rows = await read
        .selectFrom("blobs as b")
        .select("b.digest")
        .where("b.digest", ">", after)
        .where("b.reclaim_after", "is", null)
        .where("b.state", "!=", "reclaiming")
        .where((e) =>
          e.not(
            e.exists(
              e
                .selectFrom("repository_blobs as l")
                .select("l.digest")
                .whereRef("l.digest", "=", "b.digest"),
            ),
          ),
        )
        .orderBy("b.digest")
        .limit(limit)
        .execute();
      return rows.map(({ digest }) => digest);
    },

    async links(after: string, limit: number): Promise<Dangling[]> {
      const mark = readManifestPosition(after);
      return await read
        .selectFrom("repository_blobs as l")
        .leftJoin("blobs as b", "b.digest", "l.digest")
        .leftJoin("repositories as r", "r.id", "l.repository_id")
        .select((e) => [
          "l.repository_id as repositoryId",
          e.fn.coalesce("r.name", "l.repository_id").as("repository"),
          "l.digest as key",
          "l.digest",
        ])
        .where("b.digest", "is", null)
        .where(sql<boolean>`(l.repository_id, l.digest) > (${mark.repositoryId}, ${mark.digest})`)
        .orderBy("l.repository_id")
        .orderBy("l.digest")
        .limit(limit)
        .execute();
    },

    /** Tags whose manifest is not there, or was deleted. */
    async tags(after: string, limit: number): Promise<Dangling[]> {
      const mark = readManifestPosition(after);
      return await read
        .selectFrom("tags as t")
        .leftJoin("manifests as m", (j) =>
          j
            .onRef("m.repository_id", "=", "t.repository_id")
            .onRef("m.digest", "=", "t.manifest")
            .on("m.deleted_at", "is", null),
        )
        .innerJoin("repositories as r", "r.id", "t.repository_id")
        .select([
          "t.repository_id as repositoryId",
          "r.name as repository",
          "t.name as key",
          "t.manifest as digest",
        ])
        .where("m.digest", "is", null)
        .where(sql<boolean>`(t.repository_id, t.name) > (${mark.repositoryId}, ${mark.digest})`)
        .orderBy("t.repository_id")
        .orderBy("t.name")
        .limit(limit)
        .execute();
    },

    /** Manifests that have edges and no row. */
    async edges(table: "manifest_blobs" | "manifest_children", after: string, limit: number) {
      const mark = readManifestPosition(after);
      const rows = await read
        // Both have these columns.
        .selectFrom(`${table as "manifest_blobs"} as e`)
        .leftJoin("manifests as m", (j) =>
          j.onRef("m.repository_id", "=", "e.repository_id").onRef("m.digest", "=", "e.manifest"),
        )
        .leftJoin("repositories as r", "r.id", "e.repository_id")
        .select((b) => [
          "e.repository_id as repositoryId",
          b.fn.coalesce("r.name", "e.repository_id").as("repository"),
          "e.manifest as key",
          "e.manifest as digest",
        ])
        .distinct()
        .where("m.digest", "is", null)
        .where(sql<boolean>`(e.repository_id, e.manifest) > (${mark.repositoryId}, ${mark.digest})`)
        .orderBy("e.repository_id")
        .orderBy("e.manifest")
        .limit(limit)
        .execute();
      return rows satisfies Dangling[];
    },

    async countManifests(): Promise<number> {
      const row = await read
        .selectFrom("manifests")
        .select((e) => e.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
  };
}
