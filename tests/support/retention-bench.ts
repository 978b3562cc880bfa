import type { RetentionSettings } from "../../src/features/retention/job.ts";
import type { RetentionRule } from "../../src/features/retention/policy.ts";
import type { RunItem, RunView } from "../../src/features/retention/run-view.ts";
import { openRetention, type Retention } from "../../src/features/retention/service.ts";
import { DAY } from "../../src/kernel/clock.ts";
import type { JobHandler } from "../../src/platform/jobs/port.ts";
import { type ContentBench, doer, jobContext, openContentBench } from "./content-bench.ts";

/** The retention feature on the content bench; jobs run when a test says so. */
export interface RetentionBench extends ContentBench {
  readonly retention: Retention;
  readonly retentionJobs: readonly JobHandler[];
  readonly projectId: (name: string) => Promise<string>;
  /** Carries a run or a preview out. */
  carryOut(run: RunView): Promise<RunView>;
  itemsOf(run: RunView): Promise<RunItem[]>;
}

const settings: RetentionSettings = {
  trashKeep: 7 * DAY,
  untaggedAfter: null,
  keepReports: 90 * DAY,
  silentAfter: DAY,
  expireAfter: null,
};

export async function openRetentionBench(
  isImmutable: (tag: string) => boolean = () => false,
): Promise<RetentionBench> {
  const bench = await openContentBench({ requireReferences: false, untaggedAfter: null });
  const { db, clock } = bench;
  const { retention, jobs } = openRetention({
    db,
    clock,
    audit: { witness: (by) => ({ doer: by, at: clock.now(), headKey: "00".repeat(32) }) },
    settings,
    changed: () => {},
    describe: async () => new Map(),
    judge: async () => (_, tag) => (isImmutable(tag) ? "fixed" : undefined),
    cancel: async () => {},
  });
  return {
    ...bench,
    retention,
    retentionJobs: jobs,
    async projectId(name) {
      const row = await db.read
        .selectFrom("projects")
        .select("id")
        .where("name", "=", name)
        .executeTakeFirstOrThrow();
      return row.id;
    },
    async carryOut({ id: runId, kind }) {
      const job = jobs.find((each) => each.kind === `retention.${kind}`);
      await job?.run({ runId }, jobContext(clock));
      const { project_id } = await db.read
        .selectFrom("retention_runs")
        .select("project_id")
        .where("id", "=", runId)
        .executeTakeFirstOrThrow();
      return await retention.getRun(project_id, runId);
    },
    async itemsOf({ id: runId }) {
      const rows = await db.read
        .selectFrom("retention_items")
        .select(["seq", "kind", "repository", "tag", "digest", "outcome", "cause", "rule"])
        .select(["against", "because_of as becauseOf", "pushed_at as pushedAt"])
        .select("used_at as pulledAt")
        .where("run_id", "=", runId)
        .orderBy("seq")
        .execute();
      return rows;
    },
  };
}

/** A saved policy for all repositories of a project. */
export async function savePolicy(
  { retention, projectId }: RetentionBench,
  project: string,
  rules: readonly RetentionRule[],
  name = "policy",
) {
  const id = await projectId(project);
  return await retention.create(doer, id, { name, repositories: ["**"], rules });
}
