import { sql } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import type { QuotaLimits, QuotaReport, QuotaUsage } from "../quota.ts";
import { NO_LIMITS } from "../rules.ts";
import { columns, defaultsIn, limitsOf } from "./limits.ts";

const LARGEST = 5;

/** The reads of limits and usage. */
export function quotaReads(db: Database) {
  const { read } = db;
  const room = db.prepare((q, p: { name: string }) =>
    q
      .selectFrom("projects as p")
      .innerJoin("quotas as q", "q.project_id", "p.id")
      .select((e) => [
        "p.id as id",
        "q.bytes as limit",
        e
          .selectFrom("quota_usage as u")
          .select((s) => s.fn.coalesce(s.fn.sum<number>("u.bytes"), s.lit(0)).as("used"))
          .whereRef("u.project_id", "=", "p.id")
          .as("used"),
      ])
      .where("p.name", "=", p.name)
      .where("p.deleted_at", "is", null)
      .where("q.bytes", "is not", null)
      .compile(),
  );
  const there = db.prepare((q, p: { project: string; digest: string }) =>
    q
      .selectFrom("quota_blobs")
      .select("size")
      .where("project_id", "=", p.project)
      .where("digest", "=", p.digest)
      .compile(),
  );
  return {
    /** The limit of bytes of a live project by its name, and what it uses; undefined without one. */
    async room(name: string) {
      const [row] = await room({ name });
      if (row === undefined || row.limit === null) return undefined;
      return { id: row.id, limit: row.limit, used: Number(row.used ?? 0) };
    },
    /** Whether a blob is counted in a project already. */
    async has(project: string, digest: string): Promise<boolean> {
      return (await there({ project, digest })).length > 0;
    },
    async limits(project: string) {
      const row = await read
        .selectFrom("quotas")
        .select([...columns, "checked_at", "difference", "version"])
        .where("project_id", "=", project)
        .executeTakeFirst();
      const none = { limits: NO_LIMITS as QuotaLimits, checkedAt: null, difference: null };
      if (row === undefined) return { ...none, version: 1 };
      const { checked_at: checkedAt, difference, version } = row;
      return { limits: limitsOf(row), checkedAt, difference, version };
    },
    async usage(project: string): Promise<QuotaUsage> {
      const { rows } = await sql<Record<"bytes" | "repositories" | "tags", unknown>>`
        select
          (select coalesce(sum(u.bytes), 0) from quota_usage u where u.project_id = ${project})
            as bytes,
          (select count(*) from repositories r
            where r.project_id = ${project} and r.deleted_at is null) as repositories,
          (select coalesce(max(n.tags), 0) from (
            select count(*) as tags from tags t join repositories r on r.id = t.repository_id
            where r.project_id = ${project} and r.deleted_at is null group by r.id) n) as tags`.execute(
        read,
      );
      const [row] = rows;
      const of = (key: "bytes" | "repositories" | "tags") => Number(row?.[key] ?? 0);
      return { bytes: of("bytes"), repositories: of("repositories"), tags: of("tags") };
    },
    defaults: () => defaultsIn(read),
    async report(project: string): Promise<QuotaReport> {
      const largest = await sql<{ repository: string; bytes: unknown }>`
        select n.repository as repository, sum(n.size) as bytes from (
          select r.name as repository, b.size as size from repository_blobs l
          join repositories r on r.id = l.repository_id
          join blobs b on b.digest = l.digest
          where r.project_id = ${project} and r.deleted_at is null
          union all
          select r.name as repository, m.size as size from manifests m
          join repositories r on r.id = m.repository_id
          where r.project_id = ${project} and r.deleted_at is null) n
        group by n.repository order by 2 desc, 1 limit ${LARGEST}`.execute(read);
      const manifests = await sql<{ trash: unknown }>`
        select coalesce(sum(m.size), 0) as trash from manifests m
        join repositories r on r.id = m.repository_id
        where r.project_id = ${project}
          and (r.deleted_at is not null or m.deleted_at is not null)`.execute(read);
      // Each link by the best that holds it, then each blob by its best link.
      const classes = await sql<{ class: unknown; bytes: unknown }>`
        select c.class as class, sum(c.size) as bytes from (
          select max(case
            when r.deleted_at is not null or l.deleted_at is not null then 0
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
            else 0 end) as class, max(b.size) as size
          from repository_blobs l
          join repositories r on r.id = l.repository_id
          join blobs b on b.digest = l.digest
          where r.project_id = ${project}
          group by l.digest) c
        group by c.class`.execute(read);
      const of = (wanted: number) =>
        Number(classes.rows.find((row) => Number(row.class) === wanted)?.bytes ?? 0);
      return {
        largest: largest.rows.map(({ repository, bytes }) => ({
          repository,
          bytes: Number(bytes),
        })),
        trash: of(0) + Number(manifests.rows[0]?.trash ?? 0),
        unnamed: of(1),
        untagged: of(2),
      };
    },
    /** Live projects, those that use the most first, after the last one of the page before. */
    async list(after: { readonly bytes: number; readonly id: string } | null, limit: number) {
      const { rows } = await sql<Record<string, unknown>>`
        select * from (
          select p.id as id, p.name as name, q.bytes as most, q.bytes_warn as warn,
            (select coalesce(sum(u.bytes), 0) from quota_usage u where u.project_id = p.id) as bytes
          from projects p left join quotas q on q.project_id = p.id
          where p.deleted_at is null) x
        where ${after === null ? sql`1 = 1` : sql`(x.bytes < ${after.bytes} or (x.bytes = ${after.bytes} and x.id > ${after.id}))`}
        order by x.bytes desc, x.id limit ${limit}`.execute(read);
      const number = (value: unknown) => (value === null ? null : Number(value));
      return rows.map((row) => ({
        id: String(row.id),
        name: String(row.name),
        bytes: Number(row.bytes),
        limit: number(row.most),
        warn: number(row.warn),
      }));
    },
    /** Projects after one, in the order of their ids, for what goes through all of them. */
    async projects(after: string, limit: number) {
      return await read
        .selectFrom("projects")
        .select(["id", "name"])
        .where("id", ">", after)
        .orderBy("id")
        .limit(limit)
        .execute();
    },
    async levels() {
      const rows = await read
        .selectFrom("projects as p")
        .innerJoin("quotas as q", "q.project_id", "p.id")
        .select((e) => [
          e.fn.count<number>("p.id").as("all"),
          e.fn.count<number>("q.warned_at").as("warned"),
        ])
        .where("p.deleted_at", "is", null)
        .executeTakeFirstOrThrow();
      const warned = Number(rows.warned);
      return { free: Number(rows.all) - warned, warned };
    },
    /** Those of them that have a level to warn at or a limit. */
    async limited(after: string, limit: number) {
      return await read
        .selectFrom("projects as p")
        .innerJoin("quotas as q", "q.project_id", "p.id")
        .select(["p.id", "p.name", "q.warned_at as warnedAt"])
        .where("p.deleted_at", "is", null)
        .where("p.id", ">", after)
        .orderBy("p.id")
        .limit(limit)
        .execute();
    },
  };
}

export type QuotaReads = ReturnType<typeof quotaReads>;
