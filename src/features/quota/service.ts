import { failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Doer } from "../audit/entry.ts";
import type { Witnessing } from "../content/deed.ts";
import { pageSize } from "../identity/page.ts";
import type { ProjectQuota, ProjectUsage, QuotaProject, Quotas } from "./quota.ts";
import { checkLimits, levelOf, NO_LIMITS } from "./rules.ts";
import { quotaReads } from "./store/read.ts";
import { reportOf } from "./store/report.ts";
import { checkQuota, setQuota, setQuotaDefaults } from "./store/write.ts";

export interface QuotaParts {
  readonly db: Database;
  readonly audit: Witnessing;
}

/** Where a page of the list begins: what the last one used, and its id. */
function markOf(after: string | null | undefined) {
  const match = /^(\d{1,16})\.([0-9a-z]{1,64})$/.exec(after ?? "");
  return match === null ? null : { bytes: Number(match[1]), id: match[2] ?? "" };
}

/** Opens the limits of projects. They are enforced in `store/count.ts` and `store/object.ts`. */
export function openQuotas({ db, audit }: QuotaParts): Quotas {
  const reads = quotaReads(db);

  async function of(project: QuotaProject): Promise<ProjectQuota> {
    const { id, name } = project;
    const [known, usage] = await Promise.all([reads.limits(id), reads.usage(id)]);
    return { project: { id, name }, usage, level: levelOf(known.limits, usage), ...known };
  }

  return {
    of,
    async set(by: Doer, project, change, version) {
      const before = await reads.limits(project.id);
      const limits = checkLimits({ ...before.limits, ...change });
      const { id, name } = project;
      // What was not given was read outside of the transaction: it must still be that.
      const seen = version ?? before.version;
      const witness = audit.witness(by);
      await db.write(setQuota, { witness, project: { id, name }, limits, version: seen });
      return of(project);
    },
    report: ({ id }) => reportOf(db, id),
    async pressure(name) {
      const room = await reads.room(name);
      if (room === undefined) return undefined;
      const { used, limit, warn } = room;
      const limits = { ...NO_LIMITS, bytes: limit, bytesWarn: warn };
      return {
        used,
        limit,
        warn,
        level: levelOf(limits, { bytes: used, repositories: 0, tags: 0 }),
      };
    },
    keptReport: (name) => reads.kept(name),
    async list({ after, limit }) {
      const size = pageSize(limit);
      const rows = await reads.list(markOf(after), size + 1);
      const items = rows.slice(0, size).map((row): ProjectUsage => {
        const usage = { bytes: row.bytes, repositories: 0, tags: 0 };
        const limits = { ...NO_LIMITS, bytes: row.limit, bytesWarn: row.warn };
        return { ...row, level: levelOf(limits, usage) };
      });
      const last = items.at(-1);
      const next = rows.length > size && last !== undefined ? `${last.bytes}.${last.id}` : null;
      return { items, next };
    },
    defaults: () => reads.defaults(),
    async setDefaults(by, change) {
      const limits = checkLimits({ ...(await reads.defaults()), ...change });
      await db.write(setQuotaDefaults, { witness: audit.witness(by), limits });
      return limits;
    },
    levels: () => reads.levels(),
    async check(by, { id, name }) {
      const witness = audit.witness(by);
      const difference = await db.write(checkQuota, {
        witness,
        project: { id, name },
        isAsked: true,
      });
      return { difference };
    },
  };
}

/**
 * Refuses an upload before its bytes come, where it is plain that they will not fit: what counts is
 * asked again as it commits. Throws `quota.exceeded`.
 */
export function quotaAdmission(db: Database) {
  const reads = quotaReads(db);
  return async (repository: string, bytes: number, digest?: string): Promise<void> => {
    const name = repository.slice(0, repository.indexOf("/"));
    const room = await reads.room(name);
    if (room === undefined) return;
    const { limit, used } = room;
    if (limit === null || used + bytes <= limit) return;
    if (digest !== undefined && (await reads.has(room.id, digest))) return;
    throw failure("quota.exceeded", { project: name, limit, used, asked: bytes });
  };
}
