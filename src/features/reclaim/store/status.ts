import type { Database } from "../../../platform/database/port.ts";
import { dayOf, NOTHING, type Reclaimed } from "./days.ts";

/** What carries a stamp, due or not. */
export interface Waiting {
  /** Live manifests that nothing holds. */
  readonly untagged: number;
  /** Manifests in the trash. */
  readonly trashed: number;
  readonly links: number;
  readonly blobs: number;
  /** Of those blobs. */
  readonly bytes: number;
  readonly copies: number;
  /** Deleted repositories, in the trash or just being removed, and what they hold. */
  readonly repositories: number;
  readonly repositoryManifests: number;
  /** Of the blobs in them, each once; other repositories may have them as well. */
  readonly repositoryBytes: number;
}

/** The figures that people ask for. */
export function statusReads(db: Database) {
  async function stamped(inTrash: boolean): Promise<number> {
    const row = await db.read
      .selectFrom("manifests")
      .select((e) => e.fn.countAll<number>().as("count"))
      .where("reclaim_after", "is not", null)
      .where("deleted_at", inTrash ? "is not" : "is", null)
      .executeTakeFirstOrThrow();
    return row.count;
  }
  const deletedOnes = db.read
    .selectFrom("repositories")
    .select("repositories.id")
    .where("repositories.deleted_at", "is not", null);
  async function inDeleted() {
    const repositories = await deletedOnes
      .clearSelect()
      .select((e) => e.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    // Most of the time there is none, and nothing more to read.
    if (repositories.count === 0) return { repositories: 0, repositoryManifests: 0, bytes: 0 };
    const manifests = await db.read
      .selectFrom("manifests")
      .select((e) => e.fn.countAll<number>().as("count"))
      .where("repository_id", "in", deletedOnes)
      .executeTakeFirstOrThrow();
    const blobs = await db.read
      .selectFrom("blobs")
      .select((e) => e.fn.coalesce(e.fn.sum<number>("size"), e.lit(0)).as("bytes"))
      .where("digest", "in", (e) =>
        e
          .selectFrom("repository_blobs")
          .select("repository_blobs.digest")
          .where("repository_blobs.repository_id", "in", deletedOnes),
      )
      .executeTakeFirstOrThrow();
    return {
      repositories: repositories.count,
      repositoryManifests: manifests.count,
      bytes: Number(blobs.bytes),
    };
  }
  return {
    async waiting(): Promise<Waiting> {
      const links = await db.read
        .selectFrom("repository_blobs")
        .select((e) => e.fn.countAll<number>().as("count"))
        .where("reclaim_after", "is not", null)
        .executeTakeFirstOrThrow();
      const blobs = await db.read
        .selectFrom("blobs")
        .select((e) => [
          e.fn.countAll<number>().as("count"),
          e.fn.coalesce(e.fn.sum<number>("size"), e.lit(0)).as("bytes"),
        ])
        .where("reclaim_after", "is not", null)
        .executeTakeFirstOrThrow();
      const copies = await db.read
        .selectFrom("displaced_copies")
        .select((e) => e.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      const { bytes, ...deleted } = await inDeleted();
      return {
        untagged: await stamped(false),
        trashed: await stamped(true),
        links: links.count,
        blobs: blobs.count,
        bytes: Number(blobs.bytes),
        copies: copies.count,
        ...deleted,
        repositoryBytes: bytes,
      };
    },
    /** What was reclaimed since midnight (UTC), on all nodes. */
    async today(now: number): Promise<Reclaimed> {
      const row = await db.read
        .selectFrom("reclaim_days")
        .select(["trashed", "manifests", "links", "blobs", "bytes"])
        .where("day", "=", dayOf(now))
        .executeTakeFirst();
      return row ?? NOTHING;
    },
    /** What was reclaimed ever, on all nodes. */
    async ever(): Promise<Reclaimed> {
      const row = await db.read
        .selectFrom("reclaim_days")
        .select((e) =>
          (["trashed", "manifests", "links", "blobs", "bytes"] as const).map((column) =>
            e.fn.coalesce(e.fn.sum<number>(column), e.lit(0)).as(column),
          ),
        )
        .executeTakeFirstOrThrow();
      const { trashed, manifests, links, blobs, bytes } = row;
      const [a, b, c, d, e] = [trashed, manifests, links, blobs, bytes].map(Number);
      return { trashed: a ?? 0, manifests: b ?? 0, links: c ?? 0, blobs: d ?? 0, bytes: e ?? 0 };
    },
  };
}

export type StatusReads = ReturnType<typeof statusReads>;
