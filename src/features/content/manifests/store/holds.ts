import type { Tx } from "../../../../platform/database/port.ts";
import { NEVER } from "../../../projects/rules.ts";

export interface Untagged {
  readonly now: number;
  /** After how long a manifest that nothing holds may go, where its project does not say; null is never. */
  readonly untaggedAfter: number | null;
}

/** After how long a manifest of the repository that nothing holds may go; null is never. */
export async function untaggedAfterIn(
  tx: Tx,
  repository: string,
  installation: number | null,
): Promise<number | null> {
  const row = await tx
    .selectFrom("repositories as r")
    .innerJoin("projects as p", "p.id", "r.project_id")
    .select("p.untagged_after as own")
    .where("r.id", "=", repository)
    .executeTakeFirst();
  const own = row?.own ?? null;
  if (own === null) return installation;
  return own === NEVER ? null : own;
}

/**
 * Whether a tag, a live index or a live subject holds the manifest, whose row the caller has locked.
 *
 * `settled` passes over an index or subject that another transaction is just changing: then a
 * manifest may count as free that is held, which costs a look at the time of its stamp, and never
 * as held by what is gone a moment later, which would keep it forever.
 */
export async function isHeld(
  tx: Tx,
  repository: string,
  digest: string,
  { settled }: { readonly settled: boolean },
): Promise<boolean> {
  const tag = await tx
    .selectFrom("tags")
    .select("name")
    .where("repository_id", "=", repository)
    .where("manifest", "=", digest)
    .limit(1)
    .executeTakeFirst();
  if (tag !== undefined) return true;
  return isHeldByManifest(tx, repository, digest, { settled });
}

/** The same beside tags: whether a live index or a live subject holds it. */
export async function isHeldByManifest(
  tx: Tx,
  repository: string,
  digest: string,
  { settled }: { readonly settled: boolean },
): Promise<boolean> {
  const index = tx
    .selectFrom("manifest_children as e")
    .innerJoin("manifests as m", (j) =>
      j.onRef("m.repository_id", "=", "e.repository_id").onRef("m.digest", "=", "e.manifest"),
    )
    .select("m.digest")
    .where("e.repository_id", "=", repository)
    .where("e.child", "=", digest)
    .where("m.deleted_at", "is", null)
    .limit(1);
  const parent = await (settled ? index.forShare("m").skipLocked() : index).executeTakeFirst();
  if (parent !== undefined) return true;
  const above = tx
    .selectFrom("manifests as m")
    .innerJoin("manifests as s", (j) =>
      j.onRef("s.repository_id", "=", "m.repository_id").onRef("s.digest", "=", "m.subject"),
    )
    .select("s.digest")
    .where("m.repository_id", "=", repository)
    .where("m.digest", "=", digest)
    .where("s.deleted_at", "is", null);
  const subject = await (settled ? above.forShare("s").skipLocked() : above).executeTakeFirst();
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
  { now, untaggedAfter: installation }: Untagged,
): Promise<void> {
  if (digests.length === 0) return;
  const untaggedAfter = await untaggedAfterIn(tx, repository, installation);
  for (const digest of [...new Set(digests)].sort()) {
    // Locked before its holders are counted: of two that let go of it, the later sees both gone.
    const row = await tx
      .selectFrom("manifests")
      .select("reclaim_after")
      .where("repository_id", "=", repository)
      .where("digest", "=", digest)
      .where("deleted_at", "is", null)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) continue;
    const free =
      untaggedAfter !== null && !(await isHeld(tx, repository, digest, { settled: true }));
    const stamp = free ? now + untaggedAfter : null;
    if (stamp === row.reclaim_after) continue;
    await tx
      .updateTable("manifests")
      .set({ reclaim_after: stamp })
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
