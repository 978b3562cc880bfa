import type { Database } from "../../../platform/database/port.ts";
import { isRunning } from "../../content/manifests/store/running.ts";

/** Why something is kept: who holds it, or until when it stays though nobody does. */
export interface Reason {
  readonly kind: /** A tag points at the manifest: `name`. */
    | "tag"
    /** A live index lists it: `digest`. */
    | "index"
    /** It belongs to a live manifest: `digest`. */
    | "subject"
    /** A live manifest of the repository names the blob: `digest`. */
    | "manifest"
    /** A manifest in the trash names the blob: `digest`, `until`. */
    | "trashed-manifest"
    /** It is in the trash itself: `until`. */
    | "trash"
    /** It runs somewhere, or something that it lists does. */
    | "in-use"
    /** Nothing holds it, and its time is not over: `until`. */
    | "grace"
    /** Nothing holds it, and manifests without a tag are kept here. */
    | "untagged";
  readonly name: string | null;
  readonly digest: string | null;
  readonly until: number | null;
}

export interface Kept {
  readonly digest: string;
  readonly kind: "manifest" | "blob";
  /** The first hundred of each kind. */
  readonly reasons: readonly Reason[];
}

/** Reasons of one kind that are told. */
const MOST = 100;

function because(kind: Reason["kind"], more: Partial<Omit<Reason, "kind">> = {}): Reason {
  return { kind, name: null, digest: null, until: null, ...more };
}

async function holders(db: Database, repository: string, digest: string): Promise<Reason[]> {
  const tags = await db.read
    .selectFrom("tags")
    .select("name")
    .where("repository_id", "=", repository)
    .where("manifest", "=", digest)
    .orderBy("name")
    .limit(MOST)
    .execute();
  const indexes = await db.read
    .selectFrom("manifest_children as e")
    .innerJoin("manifests as m", (j) =>
      j.onRef("m.repository_id", "=", "e.repository_id").onRef("m.digest", "=", "e.manifest"),
    )
    .select("m.digest")
    .where("e.repository_id", "=", repository)
    .where("e.child", "=", digest)
    .where("m.deleted_at", "is", null)
    .orderBy("m.digest")
    .limit(MOST)
    .execute();
  const subjects = await db.read
    .selectFrom("manifests as m")
    .innerJoin("manifests as s", (j) =>
      j.onRef("s.repository_id", "=", "m.repository_id").onRef("s.digest", "=", "m.subject"),
    )
    .select("s.digest")
    .where("m.repository_id", "=", repository)
    .where("m.digest", "=", digest)
    .where("s.deleted_at", "is", null)
    .execute();
  return [
    ...tags.map(({ name }) => because("tag", { name })),
    ...indexes.map((row) => because("index", { digest: row.digest })),
    ...subjects.map((row) => because("subject", { digest: row.digest })),
  ];
}

async function manifestReasons(
  db: Database,
  repository: string,
  digest: string,
): Promise<Reason[] | undefined> {
  const row = await db.read
    .selectFrom("manifests")
    .select(["deleted_at", "reclaim_after as until"])
    .where("repository_id", "=", repository)
    .where("digest", "=", digest)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.deleted_at !== null) return [because("trash", { until: row.until })];
  const held = await holders(db, repository, digest);
  if (held.length > 0) return held;
  if (await isRunning(db.read, repository, digest)) return [because("in-use")];
  return [row.until === null ? because("untagged") : because("grace", { until: row.until })];
}

async function blobReasons(
  db: Database,
  repository: string,
  digest: string,
): Promise<Reason[] | undefined> {
  const link = await db.read
    .selectFrom("repository_blobs")
    .select("reclaim_after as until")
    .where("repository_id", "=", repository)
    .where("digest", "=", digest)
    .executeTakeFirst();
  if (link === undefined) return undefined;
  const manifests = await db.read
    .selectFrom("manifest_blobs as e")
    .innerJoin("manifests as m", (j) =>
      j.onRef("m.repository_id", "=", "e.repository_id").onRef("m.digest", "=", "e.manifest"),
    )
    .select(["m.digest", "m.deleted_at", "m.reclaim_after as until"])
    .where("e.repository_id", "=", repository)
    .where("e.digest", "=", digest)
    .orderBy("m.digest")
    .limit(MOST)
    .execute();
  if (manifests.length === 0) return [because("grace", { until: link.until })];
  return manifests.map((row) =>
    row.deleted_at === null
      ? because("manifest", { digest: row.digest })
      : because("trashed-manifest", { digest: row.digest, until: row.until }),
  );
}

/** Why a manifest or blob of a repository is kept; undefined when the repository has none such. */
export async function whyKept(
  db: Database,
  repository: string,
  digest: string,
): Promise<Kept | undefined> {
  const manifest = await manifestReasons(db, repository, digest);
  if (manifest !== undefined) return { digest, kind: "manifest", reasons: manifest };
  const blob = await blobReasons(db, repository, digest);
  return blob === undefined ? undefined : { digest, kind: "blob", reasons: blob };
}
