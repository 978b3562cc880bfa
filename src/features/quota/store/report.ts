import { setImmediate as turn } from "node:timers/promises";
import { type RawBuilder, sql } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import type { QuotaReport } from "../quota.ts";

const LARGEST = 5;
/** Rows looked at in one go: some milliseconds. */
const ROWS = 500;

interface Walk {
  readonly read: Database["read"];
  readonly project: string;
  readonly signal: AbortSignal | undefined;
}

interface Sum {
  readonly rows: number;
  readonly bytes: number;
  /** The part of them that is in the trash. */
  readonly trash: number;
  readonly last: string;
}

/** Adds up rows with `digest`, `size` and `gone`, page after page; others go in between. */
async function addUp(
  { read, signal }: Walk,
  page: (after: string) => RawBuilder<unknown>,
): Promise<{ readonly bytes: number; readonly trash: number }> {
  const all = { bytes: 0, trash: 0 };
  let after = "";
  for (;;) {
    signal?.throwIfAborted();
    const { rows } = await sql<Record<keyof Sum, unknown>>`
      select count(*) as "rows", coalesce(sum(n.size), 0) as bytes,
        coalesce(sum(case when n.gone = 1 then n.size else 0 end), 0) as trash,
        max(n.digest) as last
      from (${page(after)}) n`.execute(read);
    const [sum] = rows;
    all.bytes += Number(sum?.bytes ?? 0);
    all.trash += Number(sum?.trash ?? 0);
    await turn();
    if (Number(sum?.rows ?? 0) < ROWS) return all;
    after = String(sum?.last);
  }
}

const linksOf = (repository: string) => (after: string) =>
  sql`
  select l.digest as digest, b.size as size, 0 as gone from repository_blobs l
  join blobs b on b.digest = l.digest
  where l.repository_id = ${repository} and l.digest > ${after}
  order by l.digest limit ${ROWS}`;

const manifestsOf = (repository: string) => (after: string) =>
  sql`
  select m.digest as digest, m.size as size,
    case when m.deleted_at is null then 0 else 1 end as gone from manifests m
  where m.repository_id = ${repository} and m.digest > ${after}
  order by m.digest limit ${ROWS}`;

/** Which repositories hold the most, and the bytes of manifests that are in the trash. */
async function repositoriesIn(walk: Walk): Promise<Pick<QuotaReport, "largest" | "trash">> {
  let largest: { repository: string; bytes: number }[] = [];
  let trash = 0;
  for (let after = ""; ; ) {
    const page = await walk.read
      .selectFrom("repositories")
      .select(["id", "name", "deleted_at"])
      .where("project_id", "=", walk.project)
      .where("id", ">", after)
      .orderBy("id")
      .limit(ROWS)
      .execute();
    for (const { id, name, deleted_at } of page) {
      const manifests = await addUp(walk, manifestsOf(id));
      if (deleted_at !== null) {
        trash += manifests.bytes;
        continue;
      }
      trash += manifests.trash;
      const links = await addUp(walk, linksOf(id));
      largest.push({ repository: name, bytes: manifests.bytes + links.bytes });
      largest.sort((a, b) => b.bytes - a.bytes || (a.repository < b.repository ? -1 : 1));
      largest = largest.slice(0, LARGEST);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < ROWS) return { largest, trash };
    after = last.id;
  }
}

/** By the best that holds a blob in the project: each link by its best manifest. */
const CLASSES = ["trash", "unnamed", "untagged", "held"] as const;

/** Bytes of blobs by the best that holds them. */
async function blobsIn({ read, project, signal }: Walk): Promise<Record<string, number>> {
  const sums: Record<string, number> = { trash: 0, unnamed: 0, untagged: 0, held: 0 };
  for (let after = ""; ; ) {
    signal?.throwIfAborted();
    const { rows } = await sql<{ digest: string; size: unknown; class: unknown }>`
      select q.digest as digest, q.size as size, max(case
        when l.digest is null or r.deleted_at is not null or l.deleted_at is not null then 0
        when not exists (select 1 from manifest_blobs e
          where e.repository_id = l.repository_id and e.digest = l.digest) then 1
        when exists (select 1 from manifest_blobs e
          join manifests m on m.repository_id = e.repository_id and m.digest = e.manifest
          where e.repository_id = l.repository_id and e.digest = l.digest
            and m.deleted_at is null
            and (exists (select 1 from tags t
                where t.repository_id = m.repository_id and t.manifest = m.digest)
              or m.subject is not null
              or exists (select 1 from manifest_children c
                where c.repository_id = m.repository_id and c.child = m.digest))) then 3
        when exists (select 1 from manifest_blobs e
          join manifests m on m.repository_id = e.repository_id and m.digest = e.manifest
          where e.repository_id = l.repository_id and e.digest = l.digest
            and m.deleted_at is null) then 2
        else 0 end) as class
      from (select digest, size from quota_blobs
        where project_id = ${project} and digest > ${after}
        order by digest limit ${ROWS}) q
      left join (repository_blobs l
        join repositories r on r.id = l.repository_id and r.project_id = ${project})
        on l.digest = q.digest
      group by q.digest, q.size order by q.digest`.execute(read);
    for (const { size, class: best } of rows) {
      const name = CLASSES[Number(best)] ?? "held";
      sums[name] = (sums[name] ?? 0) + Number(size);
    }
    await turn();
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS) return sums;
    after = last.digest;
  }
}

/**
 * What takes the space of a project, and what would give it back: walks through all that it has, a
 * few rows at a time. Throws the signal's reason.
 */
export async function reportOf(
  { read }: Pick<Database, "read">,
  project: string,
  signal?: AbortSignal,
): Promise<QuotaReport> {
  const walk = { read, project, signal };
  const { largest, trash } = await repositoriesIn(walk);
  const blobs = await blobsIn(walk);
  return {
    largest,
    trash: trash + (blobs.trash ?? 0),
    unnamed: blobs.unnamed ?? 0,
    untagged: blobs.untagged ?? 0,
  };
}
