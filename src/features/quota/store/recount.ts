import { type Kysely, sql } from "kysely";
import type { Schema } from "../../../platform/database/schema/schema.ts";

/** As many blobs as one transaction puts right. */
const MOST_WRONG = 200;

/**
 * What a project's counters say, and what they should say: read by one statement, which sees one
 * moment. A transaction changes both or none.
 */
export async function recount(
  db: Kysely<Schema>,
  project: string,
): Promise<{ readonly counted: number; readonly stored: number }> {
  const { rows } = await sql<{ counted: unknown; stored: unknown }>`
    select
      (select coalesce(sum(u.bytes), 0) from quota_usage u where u.project_id = ${project})
        as counted,
      (select coalesce(sum(b.size), 0) from blobs b where b.digest in (
        select l.digest from repository_blobs l
        join repositories r on r.id = l.repository_id where r.project_id = ${project}))
      + (select coalesce(sum(m.size), 0) from manifests m
        join repositories r on r.id = m.repository_id where r.project_id = ${project})
        as stored`.execute(db);
  const [row] = rows;
  return { counted: Number(row?.counted ?? 0), stored: Number(row?.stored ?? 0) };
}

/** Some of the blobs whose links in a project are counted wrongly. */
export async function wrongLinks(db: Kysely<Schema>, project: string): Promise<string[]> {
  const { rows } = await sql<{ digest: string }>`
    with there as (
      select l.digest as digest, count(*) as links from repository_blobs l
      join repositories r on r.id = l.repository_id
      where r.project_id = ${project} group by l.digest)
    select t.digest as digest from there t
      left join quota_blobs q on q.project_id = ${project} and q.digest = t.digest
      where q.links is null or q.links <> t.links
    union
    select q.digest as digest from quota_blobs q
      left join there t on t.digest = q.digest
      where q.project_id = ${project} and t.digest is null
    limit ${MOST_WRONG}`.execute(db);
  return rows.map(({ digest }) => digest);
}
