import type { Kysely } from "kysely";
import type { Tx } from "../../../../platform/database/port.ts";
import type { Schema } from "../../../../platform/database/schema/schema.ts";

/*
 * Nothing that was reported to run is deleted afterwards. On SQLite transactions come one after the
 * other. On PostgreSQL a report can come between the look of a deletion and its commit: so they
 * meet at the rows of `in_use_lanes`. A deletion locks one of them alone, before all else that it
 * locks, and asks for what runs in a later statement; a report locks all of them shared, in their
 * order, before it writes. So either the deletion was committed before the report, or it sees it.
 *
 * There are several lanes so that deletions go on side by side, and it is they who lock alone: who
 * wants to share waits in line behind who is there already, and is not passed by those that come.
 */

/** As many as there are rows. */
const LANES = 16;

/** Keeps reports out until the commit. `lane` is any number: those of one number take turns. */
export async function lockLane(tx: Tx, lane: number): Promise<void> {
  await tx
    .selectFrom("in_use_lanes")
    .select("id")
    .where("id", "=", lane % LANES)
    .forUpdate()
    .execute();
}

/** Waits for the deletions under way, and keeps new ones waiting until the commit. */
export async function shareLanes(tx: Tx): Promise<void> {
  await tx.selectFrom("in_use_lanes").select("id").orderBy("id").forShare().execute();
}

/** Manifests looked at below one. */
const MOST_BELOW = 20_000;
const BATCH = 500;

/**
 * Whether the manifest runs, or something that it lists: by its digest or by that of its config.
 * Whoever deletes by the answer has locked a lane.
 */
export async function isRunning(db: Kysely<Schema>, id: string, digest: string): Promise<boolean> {
  const anything = await db.selectFrom("in_use_digests").select("digest").limit(1).execute();
  if (anything.length === 0) return false;
  const seen = new Set([digest]);
  let layer = [digest];
  while (layer.length > 0) {
    const below: string[] = [];
    for (let at = 0; at < layer.length; at += BATCH) {
      const some = layer.slice(at, at + BATCH);
      const running = await db
        .selectFrom("in_use_digests")
        .select("digest")
        .where((e) =>
          e.or([
            e("digest", "in", some),
            e(
              "digest",
              "in",
              e
                .selectFrom("manifest_blobs")
                .select("manifest_blobs.digest")
                .where("repository_id", "=", id)
                .where("manifest", "in", some),
            ),
          ]),
        )
        .limit(1)
        .executeTakeFirst();
      if (running !== undefined) return true;
      const children = await db
        .selectFrom("manifest_children")
        .select("child")
        .where("repository_id", "=", id)
        .where("manifest", "in", some)
        .execute();
      for (const { child } of children) {
        if (seen.has(child) || seen.size >= MOST_BELOW) continue;
        seen.add(child);
        below.push(child);
      }
    }
    layer = below;
  }
  return false;
}
