import { sql } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import type {
  RetentionItemKind,
  RetentionOutcome,
  RetentionRunKind,
} from "../../../platform/database/schema/retention.ts";
import type { JobState } from "../../../platform/database/schema/system.ts";
import type { RunDocument } from "../policy.ts";
import type { RunItem, RunView } from "../run-view.ts";

function selectRuns(db: Database) {
  return db.read
    .selectFrom("retention_runs as r")
    .leftJoin("jobs as j", "j.id", "r.job_id")
    .leftJoin("principals as p", "p.id", "r.started_by")
    .selectAll("r")
    .select([
      "j.state",
      "j.error",
      "j.progress_done",
      "j.progress_total",
      "p.name as whoName",
      "p.kind as whoKind",
    ]);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectRuns>["executeTakeFirstOrThrow"]>>;

/** A run ends with its report; one whose job is gone without has failed. */
function stateOf({ finished_at, state }: Row): JobState {
  if (finished_at !== null) return "done";
  return state === null || state === "done" ? "failed" : state;
}

function viewOf(row: Row): RunView {
  const { progress_done: done, progress_total: total, whoName, whoKind, started_by } = row;
  const state = stateOf(row);
  const isOpen = state === "waiting" || state === "running";
  return {
    id: row.id,
    kind: row.kind,
    policyId: row.policy_id,
    policyName: row.policy_name,
    document: JSON.parse(row.document) as RunDocument,
    state,
    error: state === "done" ? null : row.error,
    progress: !isOpen || done === null ? null : { done, total },
    startedBy:
      started_by === null || whoName === null || whoKind === null
        ? null
        : { id: started_by, name: whoName, kind: whoKind },
    jobId: row.job_id,
    createdAt: row.created_at,
    plannedAt: row.planned_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
    repositories: row.repositories,
    tags: { kept: row.tags_kept, going: row.tags_going, gone: row.tags_gone },
    manifests: { going: row.manifests_going, gone: row.manifests_gone },
    left: row.items_left,
    bytes: row.bytes,
  };
}

/** The run of that project. */
export async function readRun(
  db: Database,
  projectId: string,
  id: string,
): Promise<RunView | undefined> {
  const row = await selectRuns(db)
    .where("r.id", "=", id)
    .where("r.project_id", "=", projectId)
    .executeTakeFirst();
  return row === undefined ? undefined : viewOf(row);
}

export interface RunQuery {
  readonly projectId: string;
  readonly kind: RetentionRunKind;
  readonly policyId: string | undefined;
  readonly after: string | null;
  readonly limit: number;
}

/** Runs of a project, the newest first. */
export async function readRuns(db: Database, query: RunQuery): Promise<RunView[]> {
  const { projectId, kind, policyId, after, limit } = query;
  let rows = selectRuns(db)
    .where("r.project_id", "=", projectId)
    .where("r.kind", "=", kind)
    .orderBy("r.id", "desc")
    .limit(limit);
  if (policyId !== undefined) rows = rows.where("r.policy_id", "=", policyId);
  if (after !== null) rows = rows.where("r.id", "<", after);
  return (await rows.execute()).map(viewOf);
}

/** What the job needs of its run. */
export interface OpenRun {
  readonly id: string;
  readonly projectId: string;
  readonly kind: RetentionRunKind;
  readonly document: RunDocument;
  readonly plannedAt: number | null;
  readonly finishedAt: number | null;
  readonly bytes: number;
}

export async function readOpenRun(db: Database, id: string): Promise<OpenRun | undefined> {
  const row = await db.read
    .selectFrom("retention_runs")
    .select(["id", "project_id", "kind", "document", "planned_at", "finished_at", "bytes"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id,
    projectId: row.project_id,
    kind: row.kind,
    document: JSON.parse(row.document) as RunDocument,
    plannedAt: row.planned_at,
    finishedAt: row.finished_at,
    bytes: row.bytes,
  };
}

/** Runs whose reports have had their time. */
export async function readExpired(db: Database, now: number, limit: number): Promise<string[]> {
  const rows = await db.read
    .selectFrom("retention_runs")
    .select("id")
    .where("expires_at", "<=", now)
    .orderBy("expires_at")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export interface ItemQuery {
  readonly runId: string;
  readonly outcome: RetentionOutcome | undefined;
  readonly kind: RetentionItemKind | undefined;
  readonly after: number;
  readonly limit: number;
}

/** Items of a run in the order in which they were looked at. */
export async function readItems(db: Database, query: ItemQuery): Promise<RunItem[]> {
  const { runId, outcome, kind, after, limit } = query;
  let rows = db.read
    .selectFrom("retention_items")
    .select(["seq", "kind", "repository", "tag", "digest", "outcome", "cause", "rule", "against"])
    .select(["because_of as becauseOf", "pushed_at as pushedAt", "used_at as pulledAt"])
    .where("run_id", "=", runId)
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(limit);
  if (outcome !== undefined) rows = rows.where("outcome", "=", outcome);
  if (kind !== undefined) rows = rows.where("kind", "=", kind);
  return await rows.execute();
}

/** How many items of a run still wait for their turn. */
export async function countGoing(db: Database, runId: string): Promise<number> {
  const { count } = await db.read
    .selectFrom("retention_items")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("run_id", "=", runId)
    .where("outcome", "=", sql.lit("going"))
    .executeTakeFirstOrThrow();
  return Number(count);
}
