import { sql } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import type { KeptReport, QuotaLimits, QuotaReport, QuotaUsage } from "../quota.ts";
import { NO_LIMITS } from "../rules.ts";
import { columns, defaultsIn, limitsOf } from "./limits.ts";

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
        "q.bytes_warn as warn",
        e
          .selectFrom("quota_usage as u")
          .select((s) => s.fn.coalesce(s.fn.sum<number>("u.bytes"), s.lit(0)).as("used"))
          .whereRef("u.project_id", "=", "p.id")
          .as("used"),
      ])
      .where("p.name", "=", p.name)
      .where("p.deleted_at", "is", null)
      .where((e) => e.or([e("q.bytes", "is not", null), e("q.bytes_warn", "is not", null)]))
      .compile(),
  );
  const kept = db.prepare((q, p: { name: string }) =>
    q
      .selectFrom("projects as p")
      .innerJoin("quotas as q", "q.project_id", "p.id")
      .select(["q.report as report", "q.reported_at as at"])
      .where("p.name", "=", p.name)
      .where("p.deleted_at", "is", null)
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
    /** What a live project uses and may, by its name; undefined where that is not limited in bytes. */
    async room(name: string) {
      const [row] = await room({ name });
      if (row === undefined) return undefined;
      return { id: row.id, limit: row.limit, warn: row.warn, used: Number(row.used ?? 0) };
    },
    /** What took the space of a live project when that was last looked at. */
    async kept(name: string): Promise<KeptReport | undefined> {
      const [row] = await kept({ name });
      if (row === undefined || row.at === null || row.report === null) return undefined;
      return { at: row.at, report: JSON.parse(row.report) as QuotaReport };
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
        .select(["q.reported_at as reportedAt", "q.report_took as took"])
        .where("p.deleted_at", "is", null)
        .where("p.id", ">", after)
        .orderBy("p.id")
        .limit(limit)
        .execute();
    },
  };
}

export type QuotaReads = ReturnType<typeof quotaReads>;
