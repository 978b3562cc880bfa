import type { Database } from "../../../../platform/database/port.ts";
import { cutPage } from "../mark.ts";
import type { Paging, TagMove, ViewPage } from "../view.ts";
import { type WhoRow, whoOf } from "./who.ts";

export interface HistoryQuery extends Paging {
  readonly repositoryId: string;
  /** Of this tag alone. */
  readonly tag: string | undefined;
}

interface HistoryRow extends WhoRow {
  readonly id: string;
  readonly tag: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly at: number;
  readonly fromHere: string | null;
  readonly toHere: string | null;
}

function viewOf(row: HistoryRow): TagMove {
  const { id, tag, from, to, at, fromHere, toHere } = row;
  const by = whoOf(row);
  return { id, tag, from, to, at, by, fromIsHere: fromHere !== null, toIsHere: toHere !== null };
}

/** A page of what became of a repository's tags, newest first. */
export async function readHistory(
  db: Database,
  { repositoryId, tag, limit, after }: HistoryQuery,
): Promise<ViewPage<TagMove>> {
  let query = db.read
    .selectFrom("tag_history as h")
    .leftJoin("principals as p", "p.id", "h.by")
    .leftJoin("manifests as f", (j) =>
      j
        .onRef("f.repository_id", "=", "h.repository_id")
        .onRef("f.digest", "=", "h.from_manifest")
        .on("f.deleted_at", "is", null),
    )
    .leftJoin("manifests as t", (j) =>
      j
        .onRef("t.repository_id", "=", "h.repository_id")
        .onRef("t.digest", "=", "h.to_manifest")
        .on("t.deleted_at", "is", null),
    )
    .select([
      "h.id",
      "h.name as tag",
      "h.from_manifest as from",
      "h.to_manifest as to",
      "h.at",
      "f.digest as fromHere",
      "t.digest as toHere",
      "p.id as whoId",
      "p.name as whoName",
      "p.kind as whoKind",
    ])
    .where("h.repository_id", "=", repositoryId)
    .orderBy("h.id", "desc")
    .limit(limit + 1);
  if (tag !== undefined) query = query.where("h.name", "=", tag);
  if (after !== undefined) query = query.where("h.id", "<", after);
  const rows = await query.$castTo<HistoryRow>().execute();
  return cutPage(rows, limit, { mark: (row) => row.id, view: viewOf });
}
