import { procedure, type Tx } from "../../../platform/database/port.ts";
import { dropLinks, heldAmong } from "../../content/blobs/store/links.ts";
import { count } from "./days.ts";

export interface SweepLinks {
  readonly now: number;
  readonly limit: number;
  readonly grace: number;
}

/**
 * Due links whose row and whose blob's row no other transaction holds, locked, by repository. It
 * waits for nobody: so whoever waits for it is never waited for.
 */
async function takeDue(
  tx: Tx,
  { now, limit }: SweepLinks,
): Promise<{ looked: number; due: Map<string, string[]> }> {
  const rows = await tx
    .selectFrom("repository_blobs")
    .select(["repository_id as repository", "digest"])
    .where("reclaim_after", "<=", now)
    .orderBy("reclaim_after")
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  const due = new Map<string, string[]>();
  if (rows.length === 0) return { looked: 0, due };
  const blobs = await tx
    .selectFrom("blobs")
    .select("digest")
    .where("digest", "in", [...new Set(rows.map((row) => row.digest))])
    .forUpdate()
    .skipLocked()
    .execute();
  const free = new Set(blobs.map((row) => row.digest));
  for (const { repository, digest } of rows) {
    if (free.has(digest)) due.set(repository, [...(due.get(repository) ?? []), digest]);
  }
  return { looked: rows.length, due };
}

/** Due links that no manifest holds go; a blob that loses its last one gets a stamp of its own. */
export const sweepLinks = procedure(
  "reclaim.sweep-links",
  async (tx, args: SweepLinks): Promise<number> => {
    const { looked, due } = await takeDue(tx, args);
    let links = 0;
    for (const [repository, digests] of due) {
      const held = await heldAmong(tx, repository, digests);
      const free = digests.filter((digest) => !held.has(digest));
      if (held.size > 0) {
        await tx
          .updateTable("repository_blobs")
          .set({ reclaim_after: null })
          .where("repository_id", "=", repository)
          .where("digest", "in", [...held])
          .execute();
      }
      await dropLinks(tx, repository, free, args);
      links += free.length;
    }
    await count(tx, args.now, { links });
    return looked;
  },
);
