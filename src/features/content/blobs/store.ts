import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { RepositoryName } from "../../../oci/name.ts";
import { type Database, procedure, type Tx } from "../../../platform/database/port.ts";
import type { BlobState } from "../../../platform/database/schema/content.ts";
import {
  ensureRepository,
  liveRepository,
  type PushTarget,
  repositoryId,
} from "../repositories/store.ts";

/** Bytes that were verified and, where `location` is set, made durable under it. */
export interface Stored {
  readonly digest: Digest;
  readonly size: number;
  /** null asks whether the bytes are there already. */
  readonly location: string | null;
  /** A copy whose bytes were found missing or cut: this one takes its place. */
  readonly replaces: string | null;
}

export interface CommitBlob extends PushTarget {
  readonly stored: Stored;
  /** The session that ends with this commit; null for an upload in one request. */
  readonly upload: string | null;
  readonly grace: number;
}

/** `location` is the copy that counts; null says that the bytes must be stored first. */
export interface Committed {
  readonly location: string | null;
}

async function takeBytes(tx: Tx, stored: Stored, now: number): Promise<string | null> {
  const { digest, size, location } = stored;
  if (location !== null) {
    const made = await tx
      .insertInto("blobs")
      .values({
        digest,
        size,
        location,
        state: "live",
        created_at: now,
        last_touched: now,
        reclaim_after: null,
      })
      .onConflict((c) => c.column("digest").doNothing())
      .returning("location")
      .executeTakeFirst();
    if (made !== undefined) return made.location;
  }
  const there = await tx
    .selectFrom("blobs")
    .select(["location", "state"])
    .where("digest", "=", digest)
    .forUpdate()
    .executeTakeFirst();
  if (there?.state === "live" && there.location !== stored.replaces) {
    await tx
      .updateTable("blobs")
      .set({ last_touched: now, reclaim_after: null })
      .where("digest", "=", digest)
      .execute();
    return there.location;
  }
  if (location === null || there === undefined) return null;
  // What is being reclaimed or was found damaged is replaced by the copy just verified: the
  // sweeper removes the location that it took, never this one.
  await tx
    .updateTable("blobs")
    .set({ size, location, state: "live", last_touched: now, reclaim_after: null })
    .where("digest", "=", digest)
    .execute();
  return location;
}

/** Whether a manifest of the repository, live or in the trash, holds the blob. */
async function heldByManifest(tx: Tx, repository: string, digest: string): Promise<boolean> {
  const held = await tx
    .selectFrom("manifest_blobs")
    .select("manifest")
    .where("repository_id", "=", repository)
    .where("digest", "=", digest)
    .limit(1)
    .executeTakeFirst();
  return held !== undefined;
}

async function link(
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

/** Makes verified bytes visible in a repository and ends the upload session that brought them. */
export const commitBlob = procedure(
  "content.commit-blob",
  async (tx, args: CommitBlob): Promise<Committed> => {
    const location = await takeBytes(tx, args.stored, args.now);
    if (location === null) return { location };
    if (args.upload !== null) {
      const ended = await tx
        .deleteFrom("uploads")
        .where("id", "=", args.upload)
        .returning("id")
        .executeTakeFirst();
      if (ended === undefined) throw failure("upload.unknown");
    }
    const repository = await ensureRepository(tx, args);
    await link(tx, repository, args.stored.digest, args);
    return { location };
  },
);

export interface MountBlob extends PushTarget {
  readonly digest: Digest;
  readonly from: RepositoryName;
  readonly grace: number;
}

/** Links a blob of `from` into the repository; false when `from` does not hold it. */
export const mountBlob = procedure(
  "content.mount-blob",
  async (tx, args: MountBlob): Promise<boolean> => {
    const source = await tx
      .selectFrom("repositories as r")
      .innerJoin("repository_blobs as l", "l.repository_id", "r.id")
      .innerJoin("blobs as b", "b.digest", "l.digest")
      .select("b.size")
      .where("r.name", "=", args.from)
      .where("r.deleted_at", "is", null)
      .where("l.digest", "=", args.digest)
      .where("l.deleted_at", "is", null)
      .where("b.state", "=", "live")
      .forUpdate("b")
      .executeTakeFirst();
    if (source === undefined) return false;
    const repository = await ensureRepository(tx, args);
    await tx
      .updateTable("blobs")
      .set({ last_touched: args.now, reclaim_after: null })
      .where("digest", "=", args.digest)
      .execute();
    await link(tx, repository, args.digest, args);
    return true;
  },
);

export interface TouchBlob {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly now: number;
  readonly grace: number;
}

/** Renews the stamp before a blob is said to be here; false when it no longer is. */
export const touchBlob = procedure(
  "content.touch-blob",
  async (tx, args: TouchBlob): Promise<boolean> => {
    const repository = await repositoryId(tx, args.repository);
    const row = await tx
      .updateTable("repository_blobs")
      .set({ reclaim_after: args.now + args.grace })
      .where("repository_id", "=", repository)
      .where("digest", "=", args.digest)
      .where("deleted_at", "is", null)
      .where("reclaim_after", "is not", null)
      .returning("digest")
      .executeTakeFirst();
    if (row !== undefined) return true;
    const held = await tx
      .selectFrom("repository_blobs")
      .select("digest")
      .where("repository_id", "=", repository)
      .where("digest", "=", args.digest)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    return held !== undefined;
  },
);

export interface UnlinkBlob {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** Take it away even from under a live manifest. */
  readonly force: boolean;
  readonly now: number;
  readonly grace: number;
}

/**
 * Ends the blob's visibility in one repository; other repositories keep theirs.
 * Throws `blob.unknown`, or `blob.in_use` when a live manifest needs it and force is off.
 */
export const unlinkBlob = procedure(
  "content.unlink-blob",
  async (tx, args: UnlinkBlob): Promise<void> => {
    const { digest, now } = args;
    const repository = await repositoryId(tx, args.repository);
    const linked = await tx
      .selectFrom("repository_blobs")
      .select("digest")
      .where("repository_id", "=", repository)
      .where("digest", "=", digest)
      .where("deleted_at", "is", null)
      .forUpdate()
      .executeTakeFirst();
    if (linked === undefined) throw failure("blob.unknown", { digest });
    const user = await tx
      .selectFrom("manifest_blobs as e")
      .innerJoin("manifests as m", (j) =>
        j.onRef("m.repository_id", "=", "e.repository_id").onRef("m.digest", "=", "e.manifest"),
      )
      .select("m.digest")
      .where("e.repository_id", "=", repository)
      .where("e.digest", "=", digest)
      .where("m.deleted_at", "is", null)
      .limit(1)
      .executeTakeFirst();
    if (user !== undefined && !args.force) {
      throw failure("blob.in_use", { digest, manifest: user.digest });
    }
    if (await heldByManifest(tx, repository, digest)) {
      // A manifest in the trash, or one it was forced from, would need the bytes back.
      await tx
        .updateTable("repository_blobs")
        .set({ deleted_at: now, reclaim_after: null })
        .where("repository_id", "=", repository)
        .where("digest", "=", digest)
        .execute();
      return;
    }
    // Locked before its links are counted, so that a mount elsewhere is seen or waits.
    await tx
      .selectFrom("blobs")
      .select("digest")
      .where("digest", "=", digest)
      .forUpdate()
      .execute();
    await tx
      .deleteFrom("repository_blobs")
      .where("repository_id", "=", repository)
      .where("digest", "=", digest)
      .execute();
    await tx
      .updateTable("blobs")
      .set({ reclaim_after: now + args.grace })
      .where("digest", "=", digest)
      .where((e) =>
        e.not(
          e.exists(
            e.selectFrom("repository_blobs as l").select("l.digest").where("l.digest", "=", digest),
          ),
        ),
      )
      .execute();
  },
);

export const blobProcedures = [commitBlob, mountBlob, touchBlob, unlinkBlob];

export interface BlobRow {
  readonly size: number;
  readonly location: string;
  readonly state: BlobState;
  readonly reclaimAfter: number | null;
}

/** The reads of blobs, compiled once. */
export function blobReads(db: Database) {
  // Nested rather than joined, and without EXISTS: see the reads of manifests.
  const inRepository = db.prepare((q, p: { name: string; digest: string }) => {
    const blob = q.selectFrom("blobs").where("digest", "=", p.digest);
    return q
      .selectFrom("repository_blobs")
      .select([
        "reclaim_after as reclaimAfter",
        blob.select("size").as("size"),
        blob.select("location").as("location"),
        blob.select("state").as("state"),
      ])
      .where("repository_id", "=", liveRepository(q, p.name))
      .where("digest", "=", p.digest)
      .where("deleted_at", "is", null)
      .$castTo<BlobRow>()
      .compile();
  });
  const anywhere = db.prepare((q, p: { digest: string }) =>
    q
      .selectFrom("blobs")
      .select(["location", "size"])
      .where("digest", "=", p.digest)
      .where("state", "=", "live")
      .compile(),
  );
  const location = db.prepare((q, p: { digest: string; location: string }) =>
    q
      .selectFrom("blobs")
      .select("digest")
      .where("digest", "=", p.digest)
      .where("location", "=", p.location)
      .compile(),
  );
  const holders = db.prepare((q, p: { digest: string; limit: number }) =>
    q
      .selectFrom("repository_blobs as l")
      .innerJoin("repositories as r", "r.id", "l.repository_id")
      .select("r.name")
      .where("l.digest", "=", p.digest)
      .where("l.deleted_at", "is", null)
      .where("r.deleted_at", "is", null)
      .limit(p.limit)
      .compile(),
  );
  return {
    /** The blob as the repository sees it. */
    async find(name: RepositoryName, digest: Digest): Promise<BlobRow | undefined> {
      const [row] = await inRepository({ name, digest });
      // Bytes on their way out are not here any more: a client is to push them anew.
      return row?.state === "reclaiming" ? undefined : row;
    },
    /** The live copy of the bytes, whoever may see it. */
    async stored(digest: Digest): Promise<{ location: string; size: number } | undefined> {
      return (await anywhere({ digest }))[0];
    },
    /** Whether a row names this very copy. */
    async named(digest: Digest, at: string): Promise<boolean> {
      return (await location({ digest, location: at })).length > 0;
    },
    /** Names of some repositories that hold the blob. */
    async holders(digest: Digest, limit: number): Promise<string[]> {
      return (await holders({ digest, limit })).map((row) => row.name);
    },
  };
}

export type BlobReads = ReturnType<typeof blobReads>;
