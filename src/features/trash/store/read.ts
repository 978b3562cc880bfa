import { kindOf } from "../../../oci/artifact-kind.ts";
import type { Database } from "../../../platform/database/port.ts";
import { cutPage, markOf, readMark } from "../../content/views/mark.ts";
import { countIn, MOST_COUNTED } from "../../content/views/store/repositories.ts";
import { type WhoRow, whoOf } from "../../content/views/store/who.ts";
import type { DeletedArtifact, DeletedRepository, DeletedTag, TrashPage } from "../deleted.ts";

export interface Asked {
  readonly limit: number;
  readonly after: string | undefined;
}

const WHO = ["p.id as whoId", "p.name as whoName", "p.kind as whoKind"] as const;

interface RepositoryRow extends WhoRow {
  readonly id: string;
  readonly name: string;
  readonly at: number;
  readonly taken: string | null;
  readonly emptiedAt: number | null;
}

/** Repositories of a project in the trash, the last deleted first; kept for `keep` milliseconds. */
export async function readDeletedRepositories(
  db: Database,
  { projectId, keep, limit, after }: Asked & { readonly projectId: string; readonly keep: number },
): Promise<TrashPage<DeletedRepository>> {
  const mark = readMark(after);
  let query = db.read
    .selectFrom("repositories as r")
    .leftJoin("principals as p", "p.id", "r.deleted_by")
    .leftJoin("repositories as o", (j) =>
      j.onRef("o.name", "=", "r.name").on("o.deleted_at", "is", null),
    )
    .select([
      "r.id",
      "r.name",
      "r.deleted_at as at",
      "o.id as taken",
      "r.emptied_at as emptiedAt",
      ...WHO,
    ])
    .where("r.project_id", "=", projectId)
    .where("r.deleted_at", "is not", null)
    .orderBy("r.deleted_at", "desc")
    .orderBy("r.id", "desc")
    .limit(limit + 1);
  if (mark !== undefined) {
    query = query.where((e) =>
      e.or([
        e("r.deleted_at", "<", mark.at),
        e.and([e("r.deleted_at", "=", mark.at), e("r.id", "<", mark.name)]),
      ]),
    );
  }
  const { items, next } = cutPage(await query.$castTo<RepositoryRow>().execute(), limit, {
    mark: ({ at, id }) => markOf({ at, name: id }),
    view: (row) => row,
  });
  const views = items.map(async (row) => ({
    id: row.id,
    name: row.name,
    deletedAt: row.at,
    deletedBy: whoOf(row),
    keptUntil: row.at + keep,
    isNameFree: row.taken === null,
    goingSince: row.emptiedAt,
    ...(await countIn(db, row.id, MOST_COUNTED + 1)),
  }));
  return { items: await Promise.all(views), next };
}

interface ArtifactRow extends WhoRow {
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly size: number;
  readonly at: number;
  readonly until: number;
}

/** As many tags as are told beside one manifest. */
const MOST_TAGS = 100;

async function tagsThatWent(db: Database, repository: string, row: ArtifactRow) {
  const rows = await db.read
    .selectFrom("tag_history")
    .select("name")
    .distinct()
    .where("repository_id", "=", repository)
    .where("from_manifest", "=", row.digest)
    .where("to_manifest", "is", null)
    .where("at", "=", row.at)
    .orderBy("name")
    .limit(MOST_TAGS)
    .execute();
  return rows.map(({ name }) => name);
}

/** Manifests of a repository in the trash, the last deleted first. */
export async function readDeletedArtifacts(
  db: Database,
  { repositoryId, limit, after }: Asked & { readonly repositoryId: string },
): Promise<TrashPage<DeletedArtifact>> {
  const mark = readMark(after);
  let query = db.read
    .selectFrom("manifests as m")
    .leftJoin("principals as p", "p.id", "m.deleted_by")
    .select([
      "m.digest",
      "m.media_type as mediaType",
      "m.artifact_type as artifactType",
      "m.size",
      "m.deleted_at as at",
      "m.reclaim_after as until",
      ...WHO,
    ])
    .where("m.repository_id", "=", repositoryId)
    .where("m.deleted_at", "is not", null)
    .orderBy("m.deleted_at", "desc")
    .orderBy("m.digest", "desc")
    .limit(limit + 1);
  if (mark !== undefined) {
    query = query.where((e) =>
      e.or([
        e("m.deleted_at", "<", mark.at),
        e.and([e("m.deleted_at", "=", mark.at), e("m.digest", "<", mark.name)]),
      ]),
    );
  }
  const rows = await query.$castTo<ArtifactRow>().execute();
  const { items, next } = cutPage(rows, limit, {
    mark: ({ at, digest }) => markOf({ at, name: digest }),
    view: (row) => row,
  });
  const withTags = items.map(async (row) => ({
    digest: row.digest,
    mediaType: row.mediaType,
    artifactType: row.artifactType,
    kind: kindOf(row.mediaType, row.artifactType),
    size: row.size,
    deletedAt: row.at,
    deletedBy: whoOf(row),
    keptUntil: row.until,
    tags: await tagsThatWent(db, repositoryId, row),
  }));
  return { items: await Promise.all(withTags), next };
}

interface TagRow extends WhoRow {
  readonly id: string;
  readonly tag: string;
  readonly digest: string;
  readonly at: number;
  readonly trashedAt: number | null;
}

/** Tags that are there no more while their manifest is, live or in the trash; the last deleted first. */
export async function readDeletedTags(
  db: Database,
  { repositoryId, limit, after }: Asked & { readonly repositoryId: string },
): Promise<TrashPage<DeletedTag>> {
  let query = db.read
    .selectFrom("tag_history as h")
    .innerJoin("manifests as m", (j) =>
      j.onRef("m.repository_id", "=", "h.repository_id").onRef("m.digest", "=", "h.from_manifest"),
    )
    .leftJoin("principals as p", "p.id", "h.by")
    .select([
      "h.id",
      "h.name as tag",
      "h.from_manifest as digest",
      "h.at",
      "m.deleted_at as trashedAt",
      ...WHO,
    ])
    .where("h.repository_id", "=", repositoryId)
    .where("h.to_manifest", "is", null)
    // Of a tag that was deleted more than once, the last time alone; and not once it is there again.
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("tag_history as later")
            .select("later.id")
            .whereRef("later.repository_id", "=", "h.repository_id")
            .whereRef("later.name", "=", "h.name")
            .whereRef("later.id", ">", "h.id"),
        ),
      ),
    )
    .orderBy("h.id", "desc")
    .limit(limit + 1);
  if (after !== undefined) query = query.where("h.id", "<", after);
  return cutPage(await query.$castTo<TagRow>().execute(), limit, {
    mark: ({ id }) => id,
    view: (row) => ({
      tag: row.tag,
      digest: row.digest,
      deletedAt: row.at,
      deletedBy: whoOf(row),
      isInTrash: row.trashedAt !== null,
    }),
  });
}
