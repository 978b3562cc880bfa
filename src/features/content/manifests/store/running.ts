import type { Kysely } from "kysely";
import type { Schema } from "../../../../platform/database/schema/schema.ts";

/** Manifests looked at below one. */
const MOST_BELOW = 20_000;
const BATCH = 500;

/** Whether the manifest runs, or something that it lists: by its digest or by that of its config. */
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
