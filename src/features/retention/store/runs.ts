import { failure } from "../../../kernel/errors/catalogue.ts";
import { newId } from "../../../kernel/ids.ts";
import { type AnyProcedure, procedure, type Tx } from "../../../platform/database/port.ts";
import type { RetentionRunKind } from "../../../platform/database/schema/retention.ts";
import { enqueueIn } from "../../../platform/jobs/queue/store.ts";
import { done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import type { AppliedRule, PolicyTerms, RunDocument } from "../policy.ts";
import type { Done } from "../tally.ts";
import { scheduleName } from "./policies.ts";
import { readPolicies } from "./policies-read.ts";

export const RUN = "retention.run";
export const PREVIEW = "retention.preview";

/** Previews of one project that are made at a time; and of one person that are kept. */
const MOST_PREVIEWS = 4;
const KEPT_PREVIEWS = 8;
/** More policies than a project can have. */
const ALL = 1_000;

export interface StartRun {
  readonly witness: Witness;
  readonly projectId: string;
  readonly kind: RetentionRunKind;
  /** A saved policy; null for one that is not saved. */
  readonly policyId: string | null;
  /** What is not saved, or changed and not saved yet. */
  readonly unsaved: (PolicyTerms & { readonly name: string }) | null;
  /** The job that this is called from, when the schedule runs it. */
  readonly jobId: string | null;
  readonly expiresAt: number;
}

export interface Started {
  readonly runId: string;
  readonly jobId: string;
}

/** The rules of the run, and after them those of the project's other policies that keep. */
async function documentOf(
  tx: Tx,
  { projectId, policyId, unsaved }: StartRun,
): Promise<{ readonly name: string; readonly document: RunDocument }> {
  const policies = await readPolicies(tx, projectId, null, ALL);
  const saved = policies.find(({ id }) => id === policyId);
  const own = unsaved ?? saved;
  if (own === undefined || (policyId !== null && saved === undefined)) {
    throw failure("api.unknown", { kind: "retention policy", name: policyId ?? "" });
  }
  const { repositories } = own;
  const rules: AppliedRule[] = own.rules.map((rule) => {
    return { policy: own.name, isOwn: true, repositories, rule };
  });
  for (const other of policies) {
    if (other.id === policyId) continue;
    for (const rule of other.rules) {
      if (rule.action !== "keep") continue;
      const { name: policy, repositories: where } = other;
      rules.push({ policy, isOwn: false, repositories: where, rule });
    }
  }
  return { name: own.name, document: { repositories, rules } };
}

async function makeRoom(tx: Tx, { projectId, witness }: StartRun): Promise<void> {
  const previews = await tx
    .selectFrom("retention_runs as r")
    .innerJoin("jobs as j", "j.id", "r.job_id")
    .select(["r.id", "r.started_by", "j.state"])
    .where("r.project_id", "=", projectId)
    .where("r.kind", "=", "preview")
    .where("r.expires_at", ">", witness.at)
    .orderBy("r.id", "desc")
    .limit(ALL)
    .execute();
  const open = previews.filter(({ state }) => state === "waiting" || state === "running");
  if (open.length >= MOST_PREVIEWS) throw failure("retention.previews", { limit: MOST_PREVIEWS });
  const own = previews.filter(({ started_by }) => started_by === witness.doer.id);
  const old = own.slice(KEPT_PREVIEWS - 1).map(({ id }) => id);
  if (old.length === 0) return;
  await tx
    .updateTable("retention_runs")
    .set({ expires_at: witness.at })
    .where("id", "in", old)
    .execute();
}

async function jobOf(tx: Tx, args: StartRun, runId: string): Promise<string> {
  const { kind, jobId, policyId, witness } = args;
  if (jobId !== null) return jobId;
  const payload = { runId };
  if (kind === "preview") {
    const job = { kind: PREVIEW, payload, priority: "high", maxAttempts: 3 } as const;
    return (await enqueueIn(tx, job, witness.at)).id;
  }
  // The key of the policy's schedule: the two never run at once.
  const uniqueKey = `schedule:${scheduleName(policyId ?? "")}`;
  const job = await enqueueIn(tx, { kind: RUN, payload, uniqueKey }, witness.at);
  if (!job.added) throw failure("retention.running", { run: job.id });
  return job.id;
}

const NOTHING_YET = {
  planned_at: null,
  finished_at: null,
  repositories: 0,
  tags_kept: 0,
  tags_going: 0,
  manifests_going: 0,
  tags_gone: 0,
  manifests_gone: 0,
  items_left: 0,
  bytes: 0,
};

/**
 * Writes down what a run goes by, and enqueues its job. For a job that had begun one, that one.
 * Throws `api.unknown`, `retention.running` or `retention.previews`.
 */
export const startRun = procedure(
  "retention.start-run",
  async (tx, args: StartRun): Promise<Started> => {
    const { witness, projectId, kind, policyId, expiresAt } = args;
    if (args.jobId !== null) {
      const begun = await tx
        .selectFrom("retention_runs")
        .select(["id", "job_id"])
        .where("job_id", "=", args.jobId)
        .executeTakeFirst();
      if (begun !== undefined) return { runId: begun.id, jobId: begun.job_id };
    }
    const { name, document } = await documentOf(tx, args);
    if (kind === "preview") await makeRoom(tx, args);
    const id = newId(witness.at);
    const jobId = await jobOf(tx, args, id);
    await tx
      .insertInto("retention_runs")
      .values({
        id,
        project_id: projectId,
        policy_id: policyId,
        policy_name: name,
        kind,
        document: JSON.stringify(document),
        started_by: args.jobId === null ? witness.doer.id : null,
        job_id: jobId,
        created_at: witness.at,
        expires_at: expiresAt,
        ...NOTHING_YET,
      })
      .execute();
    if (kind === "run") {
      const object = { kind: "retention-policy", id: policyId, name };
      const more = { project: projectId, details: { run: id, job: jobId } };
      await record(tx, witness, [done("retention-policy.run", object, more)]);
    }
    return { runId: id, jobId };
  },
);

/** Rows that go in one transaction. */
const PURGE = 400;

/** Takes away some of a run's items; gives how many. */
export const dropItems = procedure(
  "retention.drop-items",
  async (tx, { runId }: { readonly runId: string }): Promise<number> => {
    const rows = await tx
      .selectFrom("retention_items")
      .select("seq")
      .where("run_id", "=", runId)
      .orderBy("seq")
      .limit(PURGE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return 0;
    await tx
      .deleteFrom("retention_items")
      .where("run_id", "=", runId)
      .where("seq", "<=", last.seq)
      .execute();
    return rows.length;
  },
);

/** Takes away a run whose items have gone. */
export const dropRun = procedure(
  "retention.drop-run",
  async (tx, { runId }: { readonly runId: string }): Promise<void> => {
    await tx.deleteFrom("retention_runs").where("id", "=", runId).execute();
  },
);

export interface Figures {
  readonly repositories: number;
  readonly tags_kept: number;
  readonly tags_going: number;
  readonly manifests_going: number;
  readonly bytes: number;
}

export const notePlanned = procedure(
  "retention.note-planned",
  async (
    tx,
    { runId, plannedAt, figures }: { runId: string; plannedAt: number; figures: Figures },
  ): Promise<void> => {
    await tx
      .updateTable("retention_runs")
      .set({ planned_at: plannedAt, ...figures })
      .where("id", "=", runId)
      .execute();
  },
);

/** Writes down that a run has ended, and what it did, as its items tell. */
export const noteFinished = procedure(
  "retention.note-finished",
  async (
    tx,
    { runId, now, bytes }: { runId: string; now: number; bytes: number },
  ): Promise<Done> => {
    const rows = await tx
      .selectFrom("retention_items")
      .select((e) => ["kind", "outcome", e.fn.countAll<number>().as("count")])
      .where("run_id", "=", runId)
      .where("outcome", "in", ["gone", "left"])
      .groupBy(["kind", "outcome"])
      .execute();
    const count = (kind: string, outcome: string) =>
      Number(rows.find((row) => row.kind === kind && row.outcome === outcome)?.count ?? 0);
    const tags = count("tag", "gone");
    const manifests = count("manifest", "gone");
    const left = count("tag", "left") + count("manifest", "left");
    await tx
      .updateTable("retention_runs")
      .set({
        finished_at: now,
        bytes,
        tags_gone: tags,
        manifests_gone: manifests,
        items_left: left,
      })
      .where("id", "=", runId)
      .execute();
    return { tags, manifests, left };
  },
);

export const runProcedures: readonly AnyProcedure[] = [
  startRun,
  dropItems,
  dropRun,
  notePlanned,
  noteFinished,
];
