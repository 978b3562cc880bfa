import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Tx } from "../../../platform/database/port.ts";
import type { LinkGain } from "../../content/objections.ts";
import { SHARDS, shareOf } from "../rules.ts";

/*
 * How bytes are counted without a row that all pushes of a project wait for.
 *
 *   used  = sum over the pieces of `bytes`                      may be below zero in one piece
 *   limit ≥ sum over the pieces of `granted`                    always, whoever runs beside us
 *
 *   grow(d):   one statement on one piece:  bytes += d where bytes + d ≤ granted
 *              it did not:  lock the limits' row, then all pieces in order
 *                           used + d > limit?  → quota.exceeded, and the transaction is undone
 *                           else deal out anew:  granted = bytes + share of what is left
 *   shrink(d): bytes -= d on one piece; never refused
 *
 * While bytes ≤ granted holds for every piece, used ≤ limit; and what is granted is dealt out so that
 * it does hold. Where a limit was set below what is used it cannot: then nothing is granted, and who
 * wants to grow deals out, which is refused until the sum has come down. To shrink a piece gives room
 * to that piece alone, and none where nothing is granted.
 *
 * A transaction keeps to one piece and grows once, late: so it holds at most one piece when it waits
 * for all, and only where it shrank before; and who deals out holds the limits' row first.
 */

const pieces = new WeakMap<Tx, number>();

/** The piece that a transaction counts on. */
function pieceOf(tx: Tx): number {
  const known = pieces.get(tx);
  if (known !== undefined) return known;
  const piece = Math.floor(Math.random() * SHARDS);
  pieces.set(tx, piece);
  return piece;
}

/** Makes a piece that is not there yet; false when it is. Projects with a limit have all of theirs. */
async function insertPiece(
  tx: Tx,
  project: string,
  shard: number,
  bytes: number,
): Promise<boolean> {
  const made = await tx
    .insertInto("quota_usage")
    .values({ project_id: project, shard, bytes })
    .onConflict((c) => c.columns(["project_id", "shard"]).doNothing())
    .returning("shard")
    .executeTakeFirst();
  return made !== undefined;
}

/** Adds to the pieces of a project that is near its limit, or has passed it. */
async function dealOut(tx: Tx, project: string, delta: number, shard: number): Promise<void> {
  const limits = await tx
    .selectFrom("quotas")
    .select("bytes")
    .where("project_id", "=", project)
    .forUpdate()
    .executeTakeFirst();
  const rows = await lockPieces(tx, project);
  const used = rows.reduce((sum, row) => sum + row.bytes, 0);
  const limit = limits?.bytes ?? null;
  if (limit !== null && used + delta > limit) {
    const { name } = await tx
      .selectFrom("projects")
      .select("name")
      .where("id", "=", project)
      .executeTakeFirstOrThrow();
    throw failure("quota.exceeded", { project: name, limit, used, asked: delta });
  }
  await tx
    .updateTable("quota_usage")
    .set((e) => ({ bytes: e("bytes", "+", delta) }))
    .where("project_id", "=", project)
    .where("shard", "=", shard)
    .execute();
  await grant(tx, project, limit, used + delta);
}

/** Locks all pieces of a project, in order. */
export async function lockPieces(tx: Tx, project: string) {
  return await tx
    .selectFrom("quota_usage")
    .select(["shard", "bytes"])
    .where("project_id", "=", project)
    .orderBy("shard")
    .forUpdate()
    .execute();
}

/** Below what any piece can have, also one that has only shrunk. */
const NOTHING = Number.MIN_SAFE_INTEGER;

/** Deals out what is left to all pieces, which are there and locked. */
export async function grant(
  tx: Tx,
  project: string,
  limit: number | null,
  used: number,
): Promise<void> {
  const share = limit === null ? undefined : shareOf(limit, used);
  await tx
    .updateTable("quota_usage")
    .set((e) => {
      if (limit === null) return { granted: null };
      return { granted: share === undefined ? NOTHING : e("bytes", "+", share) };
    })
    .where("project_id", "=", project)
    .execute();
}

/** Counts bytes that came. Throws `quota.exceeded`. */
async function grow(tx: Tx, project: string, delta: number): Promise<void> {
  if (delta === 0) return;
  const shard = pieceOf(tx);
  const grown = await tx
    .updateTable("quota_usage")
    .set((e) => ({ bytes: e("bytes", "+", delta) }))
    .where("project_id", "=", project)
    .where("shard", "=", shard)
    .where((e) =>
      e.or([e("granted", "is", null), e(e("bytes", "+", delta), "<=", e.ref("granted"))]),
    )
    .returning("shard")
    .executeTakeFirst();
  if (grown !== undefined) return;
  const there = await tx
    .selectFrom("quota_usage")
    .select("shard")
    .where("project_id", "=", project)
    .where("shard", "=", shard)
    .executeTakeFirst();
  if (there === undefined && (await insertPiece(tx, project, shard, delta))) return;
  await dealOut(tx, project, delta, shard);
}

/** Counts bytes that went. */
async function shrink(tx: Tx, project: string, delta: number): Promise<void> {
  if (delta === 0) return;
  const shard = pieceOf(tx);
  for (;;) {
    const shrunk = await tx
      .updateTable("quota_usage")
      .set((e) => ({ bytes: e("bytes", "-", delta) }))
      .where("project_id", "=", project)
      .where("shard", "=", shard)
      .returning("shard")
      .executeTakeFirst();
    if (shrunk !== undefined || (await insertPiece(tx, project, shard, -delta))) return;
  }
}

async function projectOf(tx: Tx, repositoryId: string): Promise<string> {
  const row = await tx
    .selectFrom("repositories")
    .select("project_id")
    .where("id", "=", repositoryId)
    .executeTakeFirstOrThrow();
  return row.project_id;
}

/** A link came: its blob counts if no other repository of the project has it. */
export async function countLink(tx: Tx, { repositoryId, digest }: LinkGain): Promise<void> {
  const project = await projectOf(tx, repositoryId);
  const { size } = await tx
    .selectFrom("blobs")
    .select("size")
    .where("digest", "=", digest)
    .executeTakeFirstOrThrow();
  const row = await tx
    .insertInto("quota_blobs")
    .values({ project_id: project, digest, links: 1, size })
    .onConflict((c) =>
      c
        .columns(["project_id", "digest"])
        .doUpdateSet((e) => ({ links: e("quota_blobs.links", "+", 1) })),
    )
    .returning("links")
    .executeTakeFirstOrThrow();
  if (row.links === 1) await grow(tx, project, size);
}

/** Links went: the blobs that no repository of the project has any more count no longer. */
export async function uncountLinks(
  tx: Tx,
  { repositoryId, digests }: { readonly repositoryId: string; readonly digests: readonly string[] },
): Promise<void> {
  const project = await projectOf(tx, repositoryId);
  await tx
    .updateTable("quota_blobs")
    .set((e) => ({ links: e("links", "-", 1) }))
    .where("project_id", "=", project)
    .where("digest", "in", digests)
    .execute();
  const gone = await tx
    .deleteFrom("quota_blobs")
    .where("project_id", "=", project)
    .where("digest", "in", digests)
    .where("links", "<=", 0)
    .returning("size")
    .execute();
  await shrink(
    tx,
    project,
    gone.reduce((sum, { size }) => sum + size, 0),
  );
}

/** A manifest came; the same one in two repositories is stored twice, and counts twice. */
export async function countManifest(
  tx: Tx,
  { place, size }: { readonly place: { readonly projectId: string }; readonly size: number },
): Promise<void> {
  await grow(tx, place.projectId, size);
}

export async function uncountManifest(
  tx: Tx,
  { repositoryId, size }: { readonly repositoryId: string; readonly size: number },
): Promise<void> {
  await shrink(tx, await projectOf(tx, repositoryId), size);
}

/** Makes every piece of a project, as a limit needs it. */
export async function makePieces(tx: Tx, project: string): Promise<void> {
  const rows = Array.from({ length: SHARDS }, (_, shard) => ({
    project_id: project,
    shard,
    bytes: 0,
  }));
  await tx
    .insertInto("quota_usage")
    .values(rows)
    .onConflict((c) => c.columns(["project_id", "shard"]).doNothing())
    .execute();
}
