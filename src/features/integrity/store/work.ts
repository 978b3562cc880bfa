import type { Database } from "../../../platform/database/port.ts";
import type { BlobState } from "../../../platform/database/schema/content.ts";
import type {
  ScrubPhase,
  ScrubScope,
  ScrubState,
} from "../../../platform/database/schema/integrity.ts";
import type { Copy } from "../inspect.ts";
import { readManifestPosition } from "../rules.ts";

/** What a scrub reads: everything, a repository, or whatever has one digest. */
export interface Target {
  readonly scope: ScrubScope;
  readonly repositoryId: string | null;
  readonly digest: string | null;
}

export interface BlobCopy extends Copy {
  readonly state: BlobState;
}

export interface ManifestCopy {
  readonly repositoryId: string;
  readonly digest: string;
  readonly size: number;
  readonly payload: Uint8Array;
  readonly damagedAt: number | null;
}

/** A scrub as the job that works on it sees it. */
export interface Work extends Target {
  readonly state: ScrubState;
  readonly shift: number;
  readonly phase: ScrubPhase;
  readonly position: string;
  readonly bytes: number;
  readonly totalBytes: number;
}

export async function readWork(db: Database, id: string): Promise<Work | undefined> {
  return await db.read
    .selectFrom("scrubs")
    .select([
      "scope",
      "repository_id as repositoryId",
      "digest",
      "state",
      "shift",
      "phase",
      "position",
      "bytes",
      "total_bytes as totalBytes",
    ])
    .where("id", "=", id)
    .executeTakeFirst();
}

/** The next copies of the target in order of digest; those on their way out are nobody's loss. */
export async function nextBlobs(
  db: Database,
  { repositoryId, digest }: Target,
  after: string,
  limit: number,
): Promise<BlobCopy[]> {
  let query = db.read
    .selectFrom("blobs as b")
    .select(["b.digest", "b.size", "b.location", "b.state"])
    .where("b.digest", ">", after)
    .where("b.state", "!=", "reclaiming")
    .orderBy("b.digest")
    .limit(limit);
  if (digest !== null) query = query.where("b.digest", "=", digest);
  if (repositoryId !== null) {
    query = query
      .innerJoin("repository_blobs as l", "l.digest", "b.digest")
      .where("l.repository_id", "=", repositoryId);
  }
  return await query.execute();
}

/** The next manifests of the target, those in the trash included. */
export async function nextManifests(
  db: Pick<Database, "read">,
  { repositoryId, digest }: Target,
  after: string,
  limit: number,
): Promise<ManifestCopy[]> {
  const mark = readManifestPosition(after);
  let query = db.read
    .selectFrom("manifests")
    .select([
      "repository_id as repositoryId",
      "digest",
      "size",
      "payload",
      "damaged_at as damagedAt",
    ])
    .where((e) =>
      e.or([
        e("repository_id", ">", mark.repositoryId),
        e.and([e("repository_id", "=", mark.repositoryId), e("digest", ">", mark.digest)]),
      ]),
    )
    .orderBy("repository_id")
    .orderBy("digest")
    .limit(limit);
  if (repositoryId !== null) query = query.where("repository_id", "=", repositoryId);
  if (digest !== null) query = query.where("digest", "=", digest);
  return await query.execute();
}

export interface Unread extends BlobCopy {
  readonly finding: string;
}

/** Copies that could not be read, in the order of their findings. */
export async function nextUnread(db: Database, after: string, limit: number): Promise<Unread[]> {
  return await db.read
    .selectFrom("findings as f")
    .innerJoin("blobs as b", "b.digest", "f.digest")
    .select(["f.id as finding", "b.digest", "b.size", "b.location", "b.state"])
    .where("f.closed_at", "is", null)
    .where("f.kind", "=", "unreadable")
    .where("f.object", "=", "blob")
    .where("f.id", ">", after)
    .orderBy("f.id")
    .limit(limit)
    .execute();
}

/** Whether something is still said of the bytes although they are whole. */
export async function hasFinding(db: Database, digest: string): Promise<boolean> {
  const row = await db.read
    .selectFrom("findings")
    .select("id")
    .where("digest", "=", digest)
    .where("object", "=", "blob")
    .where("closed_at", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}
