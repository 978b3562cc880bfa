import { compileGlob } from "../../../oci/glob.ts";
import type { AppliedRule } from "../policy.ts";
import { type Decision, planRepository } from "../rules-plan.ts";
import { wantedLabels } from "../rules-policy.ts";
import { addItems, ITEMS, type ItemRow } from "../store/items.ts";
import { type Figures, notePlanned } from "../store/runs.ts";
import type { OpenRun } from "../store/runs-read.ts";
import { type ListedRepository, nameOfProject, readRepositories } from "../store/snapshot.ts";
import { bytesOf } from "./bytes.ts";
import { type Looking, lookAt, type RetentionPorts } from "./snapshot.ts";

const REPOSITORIES = 200;

interface Evaluating extends RetentionPorts {
  readonly db: Looking["db"];
  readonly signal: AbortSignal;
  readonly progress: (done: number, total?: number) => void;
}

/** What a report shows: a run tells of what it touches or spares, a preview of everything. */
function isTold({ outcome }: Decision, kind: OpenRun["kind"]): boolean {
  return kind === "preview" || outcome !== "kept";
}

function rowOf(decision: Decision, { id, name }: ListedRepository, seq: number): ItemRow {
  return {
    seq,
    kind: decision.kind,
    repository_id: id,
    repository: name,
    digest: decision.digest,
    tag: decision.tag,
    outcome: decision.outcome,
    cause: decision.cause,
    rule: decision.rule,
    against: decision.against,
    because_of: decision.becauseOf,
    changed_at: decision.changedAt,
    pushed_at: decision.pushedAt,
    used_at: decision.pulledAt,
    level: decision.level,
  };
}

async function* repositoriesOf(
  { db, signal }: Evaluating,
  { projectId, document }: Pick<OpenRun, "projectId" | "document">,
): AsyncGenerator<ListedRepository> {
  const globs = document.repositories.map(compileGlob);
  for (let after = ""; ; ) {
    signal.throwIfAborted();
    const rows = await readRepositories(db, projectId, after, REPOSITORIES);
    for (const row of rows) {
      const below = row.name.slice(row.name.indexOf("/") + 1);
      if (globs.some((glob) => glob.test(below))) yield row;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < REPOSITORIES) return;
    after = last.name;
  }
}

async function lookingFor(
  evaluating: Evaluating,
  projectId: string,
  rules: readonly AppliedRule[],
): Promise<Looking> {
  const { db, judge } = evaluating;
  const judged = await judge({ id: projectId, name: await nameOfProject(db, projectId) });
  const all = rules.map(({ rule }) => rule);
  const needsPlatforms = all.some(({ platforms }) => platforms !== undefined);
  return { ...evaluating, judged, labels: wantedLabels(all), needsPlatforms };
}

/**
 * Looks at one repository after the other and writes down what goes and why, and what stays. The
 * same for a preview and for a run, which then does what stands there.
 */
export async function evaluate(
  evaluating: Evaluating,
  run: OpenRun,
  now: number,
): Promise<Figures> {
  const { db, signal, progress } = evaluating;
  const { document, kind, id: runId } = run;
  const looking = await lookingFor(evaluating, run.projectId, document.rules);
  const figures = { repositories: 0, tags_kept: 0, tags_going: 0, manifests_going: 0 };
  let seq = 0;
  for await (const repository of repositoriesOf(evaluating, run)) {
    const decisions = planRepository(await lookAt(looking, repository), document.rules, now);
    figures.repositories += 1;
    let rows: ItemRow[] = [];
    for (const decision of decisions) {
      const isGoing = decision.outcome === "going";
      if (decision.kind === "tag") figures[isGoing ? "tags_going" : "tags_kept"] += 1;
      else if (isGoing) figures.manifests_going += 1;
      if (!isTold(decision, kind)) continue;
      seq += 1;
      rows.push(rowOf(decision, repository, seq));
      if (rows.length < ITEMS) continue;
      signal.throwIfAborted();
      await db.write(addItems, { runId, rows });
      rows = [];
    }
    await db.write(addItems, { runId, rows });
    progress(figures.repositories);
  }
  const planned = { ...figures, bytes: await bytesOf(db, runId, signal) };
  await db.write(notePlanned, { runId, plannedAt: now, figures: planned });
  return planned;
}
