import { type ExpressionBuilder, sql } from "kysely";
import { kindOf } from "../../../../oci/artifact-kind.ts";
import type { Database } from "../../../../platform/database/port.ts";
import type { Schema } from "../../../../platform/database/schema/schema.ts";
import { anywhere, cutPage, markOf, readMark } from "../mark.ts";
import type { Direction, Paging, TagView, ViewPage } from "../view.ts";
import { type WhoRow, whoOf } from "./who.ts";

export interface TagQuery extends Paging {
  readonly repositoryId: string;
  readonly by: "name" | "updated";
  readonly direction: Direction;
  /** Only tags with this in their names; case does not count. */
  readonly name: string | undefined;
}

interface TagRow extends WhoRow {
  readonly name: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly size: number | null;
  readonly pushedAt: number;
  readonly updatedAt: number;
}

function viewOf(row: TagRow): TagView {
  const { name, digest, mediaType, artifactType, size, pushedAt, updatedAt } = row;
  const kind = kindOf(mediaType, artifactType);
  return {
    name,
    digest,
    mediaType,
    artifactType,
    kind,
    size,
    pushedAt,
    updatedAt,
    updatedBy: whoOf(row),
  };
}

function selectTags(db: Database) {
  return db.read
    .selectFrom("tags as t")
    .innerJoin("manifests as m", (j) =>
      j.onRef("m.repository_id", "=", "t.repository_id").onRef("m.digest", "=", "t.manifest"),
    )
    .leftJoin("artifact_insights as i", (j) =>
      j.onRef("i.repository_id", "=", "t.repository_id").onRef("i.digest", "=", "t.manifest"),
    )
    .leftJoin("principals as p", "p.id", "t.updated_by")
    .select([
      "t.name",
      "t.manifest as digest",
      "m.media_type as mediaType",
      "m.artifact_type as artifactType",
      "i.total_size as size",
      "m.pushed_at as pushedAt",
      "t.updated_at as updatedAt",
      "p.id as whoId",
      "p.name as whoName",
      "p.kind as whoKind",
    ]);
}

type Where = ExpressionBuilder<Schema & { t: Schema["tags"] }, "t">;

/** What comes behind a mark in the order of the page. */
function behind(eb: Where, { by, direction, after }: TagQuery) {
  const beyond = direction === "asc" ? ">" : "<";
  if (by === "name") {
    return after === undefined ? eb.and([]) : eb("t.name", beyond, after);
  }
  const mark = readMark(after);
  if (mark === undefined) return eb.and([]);
  return eb.or([
    eb("t.updated_at", beyond, mark.at),
    eb.and([eb("t.updated_at", "=", mark.at), eb("t.name", beyond, mark.name)]),
  ]);
}

/** A page of a repository's tags: its cost does not depend on how many there are. */
export async function readTags(db: Database, query: TagQuery): Promise<ViewPage<TagView>> {
  const { repositoryId, by, direction, name, limit } = query;
  // The names come first, from an index alone; what is joined is joined for one page.
  let page = db.read
    .selectFrom("tags as t")
    .select("t.name")
    .where("t.repository_id", "=", repositoryId)
    .where((eb) => behind(eb as unknown as Where, query));
  if (name !== undefined) {
    page = page.where(sql<boolean>`lower(t.name) like ${anywhere(name)} escape '\\'`);
  }
  if (by === "updated") page = page.orderBy("t.updated_at", direction);
  const names = await page
    .orderBy("t.name", direction)
    .limit(limit + 1)
    .execute();
  if (names.length === 0) return { items: [], next: undefined };
  const rows = await selectTags(db)
    .where("t.repository_id", "=", repositoryId)
    .where(
      "t.name",
      "in",
      names.map((row) => row.name),
    )
    .$castTo<TagRow>()
    .execute();
  const found = new Map(rows.map((row) => [row.name, row]));
  const ordered = names.flatMap((row) => found.get(row.name) ?? []);
  const mark = (row: TagRow) =>
    by === "name" ? row.name : markOf({ at: row.updatedAt, name: row.name });
  // A tag that went between the two reads is left out, and the page is none the shorter for it.
  const isMore = names.length > limit;
  const { items, next } = cutPage(ordered, limit, { mark, view: viewOf });
  const last = ordered.at(Math.min(limit, ordered.length) - 1);
  return { items, next: next ?? (isMore && last !== undefined ? mark(last) : undefined) };
}

/** One tag of a repository. */
export async function readTag(
  db: Database,
  repositoryId: string,
  name: string,
): Promise<TagView | undefined> {
  const row = await selectTags(db)
    .where("t.repository_id", "=", repositoryId)
    .where("t.name", "=", name)
    .$castTo<TagRow>()
    .executeTakeFirst();
  return row === undefined ? undefined : viewOf(row);
}
