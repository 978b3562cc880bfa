import type { Tx } from "../../../../platform/database/port.ts";
import { dropLinks, heldAmong, lockBlobs, type Stamping } from "../../blobs/store/links.ts";
import { manifestLosses } from "../../objections.ts";

/** A manifest's row, which the caller has locked. */
export interface DroppedManifest {
  readonly repository: string;
  readonly digest: string;
}

async function edgesOf(tx: Tx, { repository, digest }: DroppedManifest): Promise<string[]> {
  const rows = await tx
    .selectFrom("manifest_blobs")
    .select("digest")
    .where("repository_id", "=", repository)
    .where("manifest", "=", digest)
    .execute();
  return rows.map((row) => row.digest);
}

/** Stamps links that nothing holds any more; those kept only for what was in the trash go at once. */
async function letGo(
  tx: Tx,
  repository: string,
  digests: readonly string[],
  stamping: Stamping,
): Promise<void> {
  const held = await heldAmong(tx, repository, digests);
  const free = digests.filter((digest) => !held.has(digest)).sort();
  if (free.length === 0) return;
  const links = await tx
    .selectFrom("repository_blobs")
    .select(["digest", "deleted_at"])
    .where("repository_id", "=", repository)
    .where("digest", "in", free)
    .execute();
  const hidden = links.filter((link) => link.deleted_at !== null).map((link) => link.digest);
  const visible = links.filter((link) => link.deleted_at === null).map((link) => link.digest);
  if (visible.length > 0) {
    await tx
      .updateTable("repository_blobs")
      .set({ reclaim_after: stamping.now + stamping.grace })
      .where("repository_id", "=", repository)
      .where("digest", "in", visible)
      .execute();
  }
  await dropLinks(tx, repository, hidden, stamping);
}

/**
 * Removes manifests for good, with their edges, and lets go of their blobs. The caller has locked
 * their rows and made sure that they are in the trash. The only place that removes a manifest.
 */
export async function dropManifests(
  tx: Tx,
  manifests: readonly DroppedManifest[],
  stamping: Stamping,
): Promise<void> {
  const named = new Map<string, Set<string>>();
  for (const each of manifests) {
    const digests = named.get(each.repository) ?? new Set<string>();
    for (const digest of await edgesOf(tx, each)) digests.add(digest);
    named.set(each.repository, digests);
  }
  // Blobs before links, both in order: nobody can make, take or hold a link of these meanwhile.
  await lockBlobs(tx, Array.from(named.values(), (digests) => [...digests]).flat());
  for (const [repository, digests] of named) await lockLinks(tx, repository, [...digests]);
  for (const { repository, digest } of manifests) {
    const gone = await tx
      .deleteFrom("manifests")
      .where("repository_id", "=", repository)
      .where("digest", "=", digest)
      .returning("size")
      .executeTakeFirst();
    if (gone === undefined) continue;
    await manifestLosses.ask(tx, { repositoryId: repository, size: gone.size });
  }
  for (const [repository, digests] of named) await letGo(tx, repository, [...digests], stamping);
}

async function lockLinks(tx: Tx, repository: string, digests: readonly string[]): Promise<void> {
  if (digests.length === 0) return;
  await tx
    .selectFrom("repository_blobs")
    .select("digest")
    .where("repository_id", "=", repository)
    .where("digest", "in", [...digests].sort())
    .orderBy("digest")
    .forUpdate()
    .execute();
}
