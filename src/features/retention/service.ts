import { DAY } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { AnyProcedure } from "../../platform/database/port.ts";
import { nextTick } from "../../platform/jobs/schedules/cron.ts";
import type { Doer } from "../audit/entry.ts";
import { type Page, type PageAsk, pageOf, pageSize } from "../identity/page.ts";
import { openInUse } from "./in-use/service.ts";
import { inUseProcedures } from "./in-use/store.ts";
import { type RetentionContext, retentionJobs, retentionSchedules } from "./job.ts";
import type {
  PolicyChange,
  PolicyInput,
  PolicySchedule,
  PolicyTerms,
  RetentionPolicy,
} from "./policy.ts";
import { checkPolicy, checkTerms } from "./rules-policy.ts";
import type { RunItem, RunView } from "./run-view.ts";
import { expireProcedures } from "./store/expire.ts";
import { itemProcedures } from "./store/items.ts";
import { createPolicy, deletePolicy, policyProcedures, updatePolicy } from "./store/policies.ts";
import { readPolicies, readPolicy } from "./store/policies-read.ts";
import { runProcedures, startRun } from "./store/runs.ts";
import { type ItemQuery, type RunQuery, readItems, readRun, readRuns } from "./store/runs-read.ts";
import { RunTally } from "./tally.ts";

export const retentionProcedures: readonly AnyProcedure[] = [
  ...policyProcedures,
  ...runProcedures,
  ...itemProcedures,
  ...expireProcedures,
  ...inUseProcedures,
];

export interface RetentionParts extends Omit<RetentionContext, "tally"> {
  /** Ends a job for somebody. Throws `jobs.over`. */
  readonly cancel: (by: Doer, jobId: string) => Promise<unknown>;
}

export type ItemAsk = Omit<ItemQuery, "runId" | "after"> & { readonly after: number | undefined };

/** The policies of projects, their runs, and what they would do. */
export interface Retention {
  list(projectId: string, ask: PageAsk): Promise<Page<RetentionPolicy>>;
  get(projectId: string, id: string): Promise<RetentionPolicy>;
  /** Throws `retention.invalid`, `glob.invalid`, `retention.name_taken`, `retention.too_many`. */
  create(by: Doer, projectId: string, input: PolicyInput): Promise<RetentionPolicy>;
  /** With `version`: throws `rights.changed` when the policy is at another. */
  update(
    by: Doer,
    projectId: string,
    id: string,
    change: PolicyChange,
    version?: number,
  ): Promise<RetentionPolicy>;
  delete(by: Doer, projectId: string, id: string, version?: number): Promise<void>;
  /** Runs a saved policy now. Throws `retention.running`. */
  run(by: Doer, projectId: string, policyId: string): Promise<RunView>;
  /**
   * What a policy would do: a saved one, one that is not saved, or with both a saved one as it is
   * being changed. Throws `retention.invalid`, `glob.invalid`, `retention.previews`.
   */
  preview(
    by: Doer,
    projectId: string,
    what: { readonly policyId: string | null; readonly unsaved: PolicyTerms | null },
  ): Promise<RunView>;
  runs(query: Omit<RunQuery, "after" | "limit">, ask: PageAsk): Promise<Page<RunView>>;
  getRun(projectId: string, id: string): Promise<RunView>;
  items(
    projectId: string,
    runId: string,
    ask: ItemAsk,
  ): Promise<{ readonly items: readonly RunItem[]; readonly next: number | null }>;
  /** What is gone by then stays gone. Throws `jobs.over`. */
  cancel(by: Doer, projectId: string, runId: string): Promise<RunView>;
}

/** The name of a policy that has none yet. */
const UNSAVED = "—";
const PREVIEWS_KEPT = DAY;

/** Builds the feature on its platform. */
export function openRetention(parts: RetentionParts) {
  const { db, clock, audit, settings, changed } = parts;

  async function get(projectId: string, id: string): Promise<RetentionPolicy> {
    const policy = await readPolicy(db, projectId, id);
    if (policy === undefined) throw failure("api.unknown", { kind: "retention policy", name: id });
    return policy;
  }

  async function getRun(projectId: string, id: string): Promise<RunView> {
    const run = await readRun(db, projectId, id);
    if (run === undefined) throw failure("api.unknown", { kind: "retention run", name: id });
    return run;
  }

  function firstTick(schedule: PolicySchedule | null | undefined): number | null {
    if (schedule === null || schedule === undefined) return null;
    try {
      return nextTick(schedule.cron, schedule.timeZone, clock.now());
    } catch (error) {
      const problem = error instanceof RangeError ? error.message : "cannot be read";
      throw failure("retention.invalid", { field: "schedule", problem }, error);
    }
  }

  const retention: Retention = {
    get,
    getRun,
    async list(projectId, { after = null, limit }) {
      const size = pageSize(limit);
      return pageOf(await readPolicies(db.read, projectId, after, size + 1), size);
    },
    async create(by, projectId, given) {
      const input = checkPolicy(given);
      const nextAt = firstTick(input.schedule);
      const witness = audit.witness(by);
      const id = await db.write(createPolicy, { witness, projectId, input, nextAt });
      changed();
      return get(projectId, id);
    },
    async update(by, projectId, id, change, version) {
      const before = await get(projectId, id);
      const { name, description, schedule, repositories, rules } = before;
      const all = { name, description, schedule, repositories, rules, ...change };
      const input = checkPolicy(all);
      const nextAt = firstTick(input.schedule);
      const witness = audit.witness(by);
      // What was not given was read outside of the transaction: it must still be that.
      const seen = version ?? before.version;
      await db.write(updatePolicy, { witness, projectId, id, version: seen, input, nextAt });
      changed();
      return get(projectId, id);
    },
    async delete(by, projectId, id, version) {
      const witness = audit.witness(by);
      await db.write(deletePolicy, { witness, projectId, id, version: version ?? null });
    },
    async run(by, projectId, policyId) {
      const { runId } = await db.write(startRun, {
        witness: audit.witness(by),
        projectId,
        kind: "run",
        policyId,
        unsaved: null,
        jobId: null,
        expiresAt: clock.now() + settings.keepReports,
      });
      changed();
      return getRun(projectId, runId);
    },
    async preview(by, projectId, { policyId, unsaved }) {
      const terms = unsaved === null ? null : { ...checkTerms(unsaved), name: UNSAVED };
      const { runId } = await db.write(startRun, {
        witness: audit.witness(by),
        projectId,
        kind: "preview",
        policyId,
        unsaved: terms,
        jobId: null,
        expiresAt: clock.now() + PREVIEWS_KEPT,
      });
      changed();
      return getRun(projectId, runId);
    },
    async runs(query, { after = null, limit }) {
      const size = pageSize(limit);
      return pageOf(await readRuns(db, { ...query, after, limit: size + 1 }), size);
    },
    async items(projectId, runId, { after = 0, limit, ...filter }) {
      await getRun(projectId, runId);
      const rows = await readItems(db, { runId, ...filter, after, limit: limit + 1 });
      const items = rows.slice(0, limit);
      return { items, next: rows.length > limit ? (items.at(-1)?.seq ?? null) : null };
    },
    async cancel(by, projectId, runId) {
      const { jobId } = await getRun(projectId, runId);
      await parts.cancel(by, jobId);
      return getRun(projectId, runId);
    },
  };
  const { inUse, jobs, schedules } = openInUse(parts);
  const tally = new RunTally();
  return {
    retention,
    inUse,
    tally,
    jobs: [...retentionJobs({ ...parts, tally }), ...jobs],
    schedules: [...retentionSchedules, ...schedules],
  };
}
