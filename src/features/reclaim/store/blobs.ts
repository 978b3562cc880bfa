import { procedure } from "../../../platform/database/port.ts";
import { count } from "./days.ts";

/** Bytes that are to go from where they are. */
export interface TakenBlob {
  readonly digest: string;
  readonly location: string;
  readonly size: number;
}

export interface TakeBlobs {
  readonly now: number;
  readonly limit: number;
  /** Until when nobody else removes what is taken now; then it is taken again. */
  readonly lease: number;
}

/**
 * Takes due blobs that no repository links: from here on no writer gives a 201 for these bytes.
 * What somebody took before and did not finish is taken again.
 */
export const takeBlobs = procedure(
  "reclaim.take-blobs",
  async (tx, { now, limit, lease }: TakeBlobs): Promise<TakenBlob[]> => {
    const due = await tx
      .selectFrom("blobs")
      .select(["digest", "location", "size"])
      .where("reclaim_after", "<=", now)
      .orderBy("reclaim_after")
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute();
    if (due.length === 0) return [];
    const digests = due.map((row) => row.digest);
    // A second statement: it sees every link that was committed before the rows were locked.
    const links = await tx
      .selectFrom("repository_blobs")
      .select("digest")
      .distinct()
      .where("digest", "in", digests)
      .execute();
    const linked = new Set(links.map((row) => row.digest));
    if (linked.size > 0) {
      await tx
        .updateTable("blobs")
        .set({ reclaim_after: null })
        .where("digest", "in", [...linked])
        .execute();
    }
    const taken = due.filter((row) => !linked.has(row.digest));
    if (taken.length === 0) return [];
    await tx
      .updateTable("blobs")
      .set({ state: "reclaiming", reclaim_after: now + lease })
      .where(
        "digest",
        "in",
        taken.map((row) => row.digest),
      )
      .execute();
    return taken;
  },
);

export interface ForgetBlobs {
  readonly now: number;
  readonly blobs: readonly TakenBlob[];
}

/** Removes the rows of blobs whose bytes are gone; a row that names another copy by now stays. */
export const forgetBlobs = procedure(
  "reclaim.forget-blobs",
  async (tx, { now, blobs }: ForgetBlobs): Promise<number> => {
    let bytes = 0;
    let gone = 0;
    for (const { digest, location, size } of [...blobs].sort((a, b) =>
      a.digest < b.digest ? -1 : 1,
    )) {
      const row = await tx
        .deleteFrom("blobs")
        .where("digest", "=", digest)
        .where("location", "=", location)
        .where("state", "=", "reclaiming")
        .returning("digest")
        .executeTakeFirst();
      if (row === undefined) continue;
      gone += 1;
      bytes += size;
    }
    await count(tx, now, { blobs: gone, bytes });
    return gone;
  },
);

/** Removes what was written down of copies whose bytes are gone. */
export const forgetDisplaced = procedure(
  "reclaim.forget-displaced",
  async (tx, { locations }: { readonly locations: readonly string[] }): Promise<void> => {
    await tx.deleteFrom("displaced_copies").where("location", "in", locations).execute();
  },
);
