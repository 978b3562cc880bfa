import type { Tx } from "../../../../platform/database/port.ts";
import { type LinkGain, linkGains, linkLosses } from "../../objections.ts";

/** When a stamp is set, and for how long what has it stays. */
export interface Stamping {
  readonly now: number;
  readonly grace: number;
}

/** Few enough parameters for one statement on either engine. */
const BATCH = 500;

/** Those of the blobs that a manifest of the repository, live or in the trash, holds. */
export async function heldAmong(
  tx: Tx,
  repository: string,
  digests: readonly string[],
): Promise<Set<string>> {
  const held = new Set<string>();
  for (let at = 0; at < digests.length; at += BATCH) {
    const rows = await tx
      .selectFrom("manifest_blobs")
      .select("digest")
      .distinct()
      .where("repository_id", "=", repository)
      .where("digest", "in", digests.slice(at, at + BATCH))
      .execute();
    for (const { digest } of rows) held.add(digest);
  }
  return held;
}

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

/**
 * Locks the rows of blobs, in the order of their digests. Whoever adds or removes a link holds the
 * row of its blob: so the links of a blob whose row is locked are counted once and for all.
 */
export async function lockBlobs(tx: Tx, digests: readonly string[]): Promise<void> {
  const sorted = [...new Set(digests)].sort();
  for (let at = 0; at < sorted.length; at += BATCH) {
    await tx
      .selectFrom("blobs")
      .select("digest")
      .where("digest", "in", sorted.slice(at, at + BATCH))
      .orderBy("digest")
      .forUpdate()
      .execute();
  }
}

/**
 * Makes the blob, whose row the caller has locked, visible in the repository; stamped unless a
 * manifest there holds it. The only place that adds a link. Throws what objects to that.
 */
export async function linkBlob(
  tx: Tx,
  repository: string,
  digest: string,
  { now, grace }: Stamping,
): Promise<void> {
  const stamp = now + grace;
  const made = await tx
    .insertInto("repository_blobs")
    .values({
      repository_id: repository,
      digest,
      linked_at: now,
      deleted_at: null,
      reclaim_after: stamp,
    })
    .onConflict((c) => c.columns(["repository_id", "digest"]).doNothing())
    .returning("digest")
    .executeTakeFirst();
  const ours = { repositoryId: repository, digest };
  if (made === undefined) await stampLink(tx, ours, stamp);
  // Asked only now that the link is ours: who drops a manifest locks the blob, then its links.
  if (await heldByManifest(tx, repository, digest)) await stampLink(tx, ours, null);
  if (made !== undefined) await linkGains.ask(tx, ours);
}

/** Makes a link visible, which it may have been already. */
async function stampLink(tx: Tx, link: LinkGain, at: number | null): Promise<void> {
  await tx
    .updateTable("repository_blobs")
    .set({ deleted_at: null, reclaim_after: at })
    .where("repository_id", "=", link.repositoryId)
    .where("digest", "=", link.digest)
    .execute();
}

/**
 * Takes links of one repository away and stamps the blobs that no link is left to. The caller has
 * locked the blobs' rows. The only place that removes a link.
 */
export async function dropLinks(
  tx: Tx,
  repository: string,
  digests: readonly string[],
  { now, grace }: Stamping,
): Promise<void> {
  for (let at = 0; at < digests.length; at += BATCH) {
    const batch = digests.slice(at, at + BATCH);
    const gone = await tx
      .deleteFrom("repository_blobs")
      .where("repository_id", "=", repository)
      .where("digest", "in", batch)
      .returning("digest")
      .execute();
    if (gone.length > 0) {
      const lost = gone.map(({ digest }) => digest);
      await linkLosses.ask(tx, { repositoryId: repository, digests: lost });
    }
    await tx
      .updateTable("blobs")
      .set({ reclaim_after: now + grace })
      .where("digest", "in", batch)
      .where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom("repository_blobs as l")
              .select("l.digest")
              .whereRef("l.digest", "=", "blobs.digest"),
          ),
        ),
      )
      .execute();
  }
}
