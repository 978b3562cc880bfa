import type { Tx } from "../../../../platform/database/port.ts";

export interface Untagged {
  readonly now: number;
  /** After how long a manifest that nothing holds may go; null is never. */
  readonly untaggedAfter: number | null;
}

/** Whether a tag, a live index or a live subject holds the manifest. */
async function held(tx: Tx, repository: string, digest: string): Promise<boolean> {
  const tag = await tx
    .selectFrom("tags")
    .select("name")
    .where("repository_id", "=", repository)
    .where("manifest", "=", digest)
    .limit(1)
    .executeTakeFirst();
  if (tag !== undefined) return true;
  const index = await tx
    .selectFrom("manifest_children as e")
    .innerJoin("manifests as m", (j) =>
      j.onRef("m.repository_id", "=", "e.repository_id").onRef("m.digest", "=", "e.manifest"),
    )
    .select("m.digest")
    .where("e.repository_id", "=", repository)
    .where("e.child", "=", digest)
    .where("m.deleted_at", "is", null)
    .limit(1)
    .executeTakeFirst();
  if (index !== undefined) return true;
  const subject = await tx
    .selectFrom("manifests as m")
    .innerJoin("manifests as s", (j) =>
      j.onRef("s.repository_id", "=", "m.repository_id").onRef("s.digest", "=", "m.subject"),
    )
    .select("s.digest")
    .where("m.repository_id", "=", repository)
    .where("m.digest", "=", digest)
    .where("s.deleted_at", "is", null)
    .executeTakeFirst();
  return subject !== undefined;
}

/**
 * Sets or clears the stamps of live manifests whose holders have just changed: cleared while
 * something holds them, `now + untaggedAfter` once nothing does (never, unless configured).
 */
export async function restamp(
  tx: Tx,
  repository: string,
  digests: readonly string[],
  { now, untaggedAfter }: Untagged,
): Promise<void> {
  for (const digest of new Set(digests)) {
    const free = untaggedAfter !== null && !(await held(tx, repository, digest));
    await tx
      .updateTable("manifests")
      .set({ reclaim_after: free ? now + untaggedAfter : null })
      .where("repository_id", "=", repository)
      .where("digest", "=", digest)
      .where("deleted_at", "is", null)
      .execute();
  }
}

/** The manifests whose holders include this one: its children and its referrers. */
export async function heldBy(tx: Tx, repository: string, digest: string): Promise<string[]> {
  const children = await tx
    .selectFrom("manifest_children")
    .select("child as digest")
    .where("repository_id", "=", repository)
    .where("manifest", "=", digest)
    .execute();
  const referrers = await tx
    .selectFrom("manifests")
    .select("digest")
    .where("repository_id", "=", repository)
    .where("subject", "=", digest)
    .where("deleted_at", "is", null)
    .execute();
  return [...children, ...referrers].map((row) => row.digest);
}
