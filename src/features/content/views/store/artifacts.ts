import type { ExpressionBuilder } from "kysely";
import { kindOf } from "../../../../oci/artifact-kind.ts";
import type { Digest } from "../../../../oci/digest.ts";
import { fallbackTag } from "../../../../oci/referrers.ts";
import type { Database } from "../../../../platform/database/port.ts";
import type { Schema } from "../../../../platform/database/schema/schema.ts";
import { cutPage, markOf, readMark } from "../mark.ts";
import type { ArtifactView, Direction, Paging, ViewPage } from "../view.ts";
import { type WhoRow, whoOf } from "./who.ts";

export interface ArtifactQuery extends Paging {
  readonly repositoryId: string;
  readonly direction: Direction;
  /** Only those with (or without) a tag. */
  readonly tagged: boolean | undefined;
  /** Only those of this media type or artifact type. */
  readonly type: string | undefined;
  /** Only those that refer to this one: they name it as their subject, or are noted in its tag. */
  readonly subject: Digest | undefined;
}

interface ArtifactRow extends WhoRow {
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly size: number;
  readonly subject: string | null;
  readonly annotations: string | null;
  readonly pushedAt: number;
}

/** As many tags as are named beside one manifest. */
const MOST_TAGS = 100;

type Where = ExpressionBuilder<Schema & { m: Schema["manifests"] }, "m">;

function selectArtifacts(db: Database, repositoryId: string) {
  return db.read
    .selectFrom("manifests as m")
    .leftJoin("principals as p", "p.id", "m.pushed_by")
    .select([
      "m.digest",
      "m.media_type as mediaType",
      "m.artifact_type as artifactType",
      "m.size",
      "m.subject",
      "m.annotations",
      "m.pushed_at as pushedAt",
      "p.id as whoId",
      "p.name as whoName",
      "p.kind as whoKind",
    ])
    .where("m.repository_id", "=", repositoryId)
    .where("m.deleted_at", "is", null);
}

interface TagsOf {
  readonly tags: readonly string[];
  readonly tagCount: number;
}

/** The first tags of each of some manifests, and how many there are. */
async function tagsOf(
  db: Database,
  repositoryId: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, TagsOf>> {
  const counts = await db.read
    .selectFrom("tags")
    .select((e) => ["manifest", e.fn.countAll<number>().as("count")])
    .where("repository_id", "=", repositoryId)
    .where("manifest", "in", digests)
    .groupBy("manifest")
    .execute();
  const found = new Map<string, TagsOf>();
  for (const { manifest, count } of counts) {
    const rows = await db.read
      .selectFrom("tags")
      .select("name")
      .where("repository_id", "=", repositoryId)
      .where("manifest", "=", manifest)
      .orderBy("name")
      .limit(MOST_TAGS)
      .execute();
    found.set(manifest, { tags: rows.map(({ name }) => name), tagCount: Number(count) });
  }
  return found;
}

async function withTags(
  db: Database,
  repositoryId: string,
  rows: readonly ArtifactRow[],
): Promise<ArtifactView[]> {
  if (rows.length === 0) return [];
  const tagged = await tagsOf(
    db,
    repositoryId,
    rows.map(({ digest }) => digest),
  );
  return rows.map((row) => {
    const { digest, mediaType, artifactType, size, subject, pushedAt } = row;
    const { tags, tagCount } = tagged.get(digest) ?? { tags: [], tagCount: 0 };
    return {
      digest,
      mediaType,
      artifactType,
      kind: kindOf(mediaType, artifactType),
      size,
      subject,
      annotations: row.annotations === null ? {} : JSON.parse(row.annotations),
      pushedAt,
      pushedBy: whoOf(row),
      tags,
      tagCount,
    };
  });
}

/** What older clients noted beside a manifest, "include any listed in pre-existing fallback tags". */
async function notedIn(db: Database, repositoryId: string, subject: Digest): Promise<string[]> {
  const rows = await db.read
    .selectFrom("tags as t")
    .innerJoin("manifest_children as c", (join) =>
      join.onRef("c.repository_id", "=", "t.repository_id").onRef("c.manifest", "=", "t.manifest"),
    )
    .select("c.child")
    .where("t.repository_id", "=", repositoryId)
    .where("t.name", "=", fallbackTag(subject))
    .execute();
  return rows.map(({ child }) => child);
}

function fits(eb: Where, query: ArtifactQuery, noted: readonly string[]) {
  const { tagged, type, subject, direction, after } = query;
  const mark = readMark(after);
  const beyond = direction === "asc" ? ">" : "<";
  const isTagged = eb.exists(
    eb
      .selectFrom("tags as t")
      .select("t.name")
      .whereRef("t.repository_id", "=", "m.repository_id")
      .whereRef("t.manifest", "=", "m.digest"),
  );
  return eb.and([
    ...(tagged === undefined ? [] : [tagged ? isTagged : eb.not(isTagged)]),
    ...(type === undefined
      ? []
      : [eb.or([eb("m.media_type", "=", type), eb("m.artifact_type", "=", type)])]),
    ...(subject === undefined
      ? []
      : [eb.or([eb("m.subject", "=", subject), eb("m.digest", "in", ["", ...noted])])]),
    ...(mark === undefined
      ? []
      : [
          eb.or([
            eb("m.pushed_at", beyond, mark.at),
            eb.and([eb("m.pushed_at", "=", mark.at), eb("m.digest", beyond, mark.name)]),
          ]),
        ]),
  ]);
}

/** A page of a repository's manifests by the time of their push. */
export async function readArtifacts(
  db: Database,
  query: ArtifactQuery,
): Promise<ViewPage<ArtifactView>> {
  const { repositoryId, direction, limit, subject } = query;
  const noted = subject === undefined ? [] : await notedIn(db, repositoryId, subject);
  const rows = await selectArtifacts(db, repositoryId)
    .where((eb) => fits(eb as unknown as Where, query, noted))
    .orderBy("m.pushed_at", direction)
    .orderBy("m.digest", direction)
    .limit(limit + 1)
    .$castTo<ArtifactRow>()
    .execute();
  const mark = (row: ArtifactRow) => markOf({ at: row.pushedAt, name: row.digest });
  const { items, next } = cutPage(rows, limit, { mark, view: (row) => row });
  return { items: await withTags(db, repositoryId, items), next };
}

/** One manifest of a repository. */
export async function readArtifact(
  db: Database,
  repositoryId: string,
  digest: string,
): Promise<ArtifactView | undefined> {
  const rows = await selectArtifacts(db, repositoryId)
    .where("m.digest", "=", digest)
    .$castTo<ArtifactRow>()
    .execute();
  return (await withTags(db, repositoryId, rows))[0];
}
