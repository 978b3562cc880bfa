import { failure } from "../../../../kernel/errors/catalogue.ts";
import type { Tx } from "../../../../platform/database/port.ts";

/** A blob or manifest that a manifest names, with the size that it claims for it. */
export interface NamedContent {
  readonly digest: string;
  readonly size: number;
}

/** Few enough parameters for one statement on either engine. */
const BATCH = 500;

function batches<T>(items: readonly T[]): T[][] {
  const out: T[][] = [];
  for (let at = 0; at < items.length; at += BATCH) out.push(items.slice(at, at + BATCH));
  return out;
}

/** Sizes of those of the digests that are blobs of the repository; their links are locked. */
async function blobSizes(
  tx: Tx,
  repository: string,
  digests: readonly string[],
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const batch of batches(digests)) {
    const rows = await tx
      .selectFrom("repository_blobs as l")
      .innerJoin("blobs as b", "b.digest", "l.digest")
      .select(["b.digest", "b.size"])
      .where("l.repository_id", "=", repository)
      .where("l.digest", "in", batch)
      .where("l.deleted_at", "is", null)
      // What is known to be damaged has to be sent again, as what is on its way out.
      .where("b.state", "=", "live")
      .orderBy("l.digest")
      .forUpdate("l")
      .execute();
    for (const row of rows) sizes.set(row.digest, row.size);
  }
  return sizes;
}

async function manifestSizes(
  tx: Tx,
  repository: string,
  digests: readonly string[],
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const batch of batches(digests)) {
    const rows = await tx
      .selectFrom("manifests")
      .select(["digest", "size"])
      .where("repository_id", "=", repository)
      .where("digest", "in", batch)
      .where("deleted_at", "is", null)
      .orderBy("digest")
      .forUpdate()
      .execute();
    for (const row of rows) sizes.set(row.digest, row.size);
  }
  return sizes;
}

export interface Named {
  readonly blobs: readonly NamedContent[];
  readonly children: readonly NamedContent[];
  /** Whether everything named must be here. */
  readonly required: boolean;
}

/**
 * Holds what a manifest names against what the repository has.
 * Throws `manifest.blob_unknown` with every digest that is missing, or `manifest.size_mismatch`.
 */
export async function checkReferences(tx: Tx, repository: string, named: Named): Promise<void> {
  const blobs = await blobSizes(
    tx,
    repository,
    named.blobs.map((each) => each.digest),
  );
  const children = await manifestSizes(
    tx,
    repository,
    named.children.map((each) => each.digest),
  );
  const missing: string[] = [];
  for (const [list, sizes] of [
    [named.blobs, blobs],
    [named.children, children],
  ] as const) {
    for (const { digest, size } of list) {
      const actual = sizes.get(digest);
      if (actual === undefined) missing.push(digest);
      else if (actual !== size) {
        throw failure("manifest.size_mismatch", { digest, claimed: size, actual });
      }
    }
  }
  if (missing.length > 0 && named.required) {
    throw failure("manifest.blob_unknown", { digests: [...new Set(missing)] });
  }
}

/** Records the edges of a manifest and clears the stamps of the blobs that it now holds. */
export async function holdReferences(
  tx: Tx,
  repository: string,
  manifest: string,
  named: Named,
): Promise<void> {
  for (const batch of batches([...new Set(named.blobs.map((each) => each.digest))])) {
    await tx
      .insertInto("manifest_blobs")
      .values(batch.map((digest) => ({ repository_id: repository, manifest, digest })))
      .onConflict((c) => c.doNothing())
      .execute();
    await tx
      .updateTable("repository_blobs")
      // A link that was deleted stays so: only an upload or a mount makes a blob visible again.
      .set({ reclaim_after: null })
      .where("repository_id", "=", repository)
      .where("digest", "in", batch)
      .execute();
  }
  for (const batch of batches([...new Set(named.children.map((each) => each.digest))])) {
    await tx
      .insertInto("manifest_children")
      .values(batch.map((child) => ({ repository_id: repository, manifest, child })))
      .onConflict((c) => c.doNothing())
      .execute();
  }
}
