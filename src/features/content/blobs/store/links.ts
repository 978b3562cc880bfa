import type { Tx } from "../../../../platform/database/port.ts";

/** Whether a manifest of the repository, live or in the trash, holds the blob. */
export async function heldByManifest(tx: Tx, repository: string, digest: string): Promise<boolean> {
  const held = await tx
    .selectFrom("manifest_blobs")
    .select("manifest")
    .where("repository_id", "=", repository)
    .where("digest", "=", digest)
    .limit(1)
    .executeTakeFirst();
  return held !== undefined;
}

/** Makes the blob visible in the repository; stamped unless a manifest there holds it. */
export async function linkBlob(
  tx: Tx,
  repository: string,
  digest: string,
  { now, grace }: { now: number; grace: number },
): Promise<void> {
  const stamp = (await heldByManifest(tx, repository, digest)) ? null : now + grace;
  await tx
    .insertInto("repository_blobs")
    .values({
      repository_id: repository,
      digest,
      linked_at: now,
      deleted_at: null,
      reclaim_after: stamp,
    })
    .onConflict((c) =>
      c
        .columns(["repository_id", "digest"])
        .doUpdateSet({ deleted_at: null, reclaim_after: stamp }),
    )
    .execute();
}
