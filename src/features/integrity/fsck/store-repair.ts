import { procedure } from "../../../platform/database/port.ts";
import { done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import { linkLosses } from "../../content/objections.ts";
import { removeTagsOf } from "../../content/tags/store.ts";

/** A row that points at nothing. */
export interface InVain {
  readonly repositoryId: string;
  readonly digest: string;
}

export interface Repair {
  readonly rows: readonly InVain[];
  readonly witness: Witness;
}

function entryOf(kind: string, count: number) {
  const object = { kind: "storage", id: null, name: null };
  return done("storage.repair", object, { details: { finding: kind, count } });
}

/** Removes tags whose manifest is not there, each with its line of history. */
export const dropTags = procedure(
  "integrity.drop-tags",
  async (tx, { rows, witness }: Repair): Promise<number> => {
    let count = 0;
    for (const { repositoryId, digest } of rows) {
      const there = await tx
        .selectFrom("manifests")
        .select("digest")
        .where("repository_id", "=", repositoryId)
        .where("digest", "=", digest)
        .where("deleted_at", "is", null)
        .forUpdate()
        .executeTakeFirst();
      if (there !== undefined) continue;
      const place = await tx
        .selectFrom("repositories")
        .select(["name", "project_id"])
        .where("id", "=", repositoryId)
        .executeTakeFirst();
      if (place === undefined) continue;
      const context = {
        repository: place.name,
        repositoryId,
        projectId: place.project_id,
        principal: witness.doer.id,
        now: witness.at,
      };
      count += (await removeTagsOf(tx, context, digest)).length;
    }
    await record(tx, witness, [entryOf("dangling_tag", count)]);
    return count;
  },
);

/** Removes the edges of manifests that have no row. */
export const dropEdges = procedure(
  "integrity.drop-edges",
  async (tx, { rows, witness }: Repair): Promise<number> => {
    for (const { repositoryId, digest } of rows) {
      const there = await tx
        .selectFrom("manifests")
        .select("digest")
        .where("repository_id", "=", repositoryId)
        .where("digest", "=", digest)
        .executeTakeFirst();
      if (there !== undefined) continue;
      for (const table of ["manifest_blobs", "manifest_children"] as const) {
        await tx
          .deleteFrom(table)
          .where("repository_id", "=", repositoryId)
          .where("manifest", "=", digest)
          .execute();
      }
    }
    await record(tx, witness, [entryOf("dangling_edge", rows.length)]);
    return rows.length;
  },
);

/** Removes links to blobs that have no row: what they say is here is not. */
export const dropLinks = procedure(
  "integrity.drop-links",
  async (tx, { rows, witness }: Repair): Promise<number> => {
    for (const { repositoryId, digest } of rows) {
      const there = await tx
        .selectFrom("blobs")
        .select("digest")
        .where("digest", "=", digest)
        .executeTakeFirst();
      if (there !== undefined) continue;
      const gone = await tx
        .deleteFrom("repository_blobs")
        .where("repository_id", "=", repositoryId)
        .where("digest", "=", digest)
        .returning("digest")
        .executeTakeFirst();
      if (gone !== undefined) await linkLosses.ask(tx, { repositoryId, digests: [digest] });
    }
    await record(tx, witness, [entryOf("dangling_link", rows.length)]);
    return rows.length;
  },
);

/** Lets blobs that nothing links go after the grace, as if their last link had gone now. */
export const stampUnlinked = procedure(
  "integrity.stamp-unlinked",
  async (
    tx,
    {
      digests,
      grace,
      witness,
    }: {
      readonly digests: readonly string[];
      readonly grace: number;
      readonly witness: Witness;
    },
  ): Promise<number> => {
    for (const digest of digests) {
      await tx
        .selectFrom("blobs")
        .select("digest")
        .where("digest", "=", digest)
        .forUpdate()
        .execute();
      await tx
        .updateTable("blobs")
        .set({ reclaim_after: witness.at + grace })
        .where("digest", "=", digest)
        .where("reclaim_after", "is", null)
        .where((e) =>
          e.not(
            e.exists(
              e.selectFrom("repository_blobs").select("digest").where("digest", "=", digest),
            ),
          ),
        )
        .execute();
    }
    await record(tx, witness, [entryOf("unlinked_blob", digests.length)]);
    return digests.length;
  },
);

export const repairProcedures = [dropTags, dropEdges, dropLinks, stampUnlinked];
