import { failure } from "../../../kernel/errors/catalogue.ts";
import { eventRow } from "../../../kernel/events.ts";
import { procedure, type Tx } from "../../../platform/database/port.ts";
import { done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import { lockBlobs } from "../../content/blobs/store/links.ts";
import type { QuotaLevel, QuotaLimits, QuotaProject, QuotaReport } from "../quota.ts";
import { FIELDS, NO_LIMITS } from "../rules.ts";
import { grant, lockPieces, makePieces } from "./count.ts";
import { columns, DEFAULTS, defaultsIn, limitsOf, rowOf } from "./limits.ts";
import { recount, wrongLinks } from "./recount.ts";

function changesOf(before: QuotaLimits, after: QuotaLimits) {
  return FIELDS.filter((field) => before[field] !== after[field]).map((field) => ({
    field,
    from: before[field],
    to: after[field],
  }));
}

/** The row of a project's limits, locked; made where it had none. */
async function held(tx: Tx, project: string) {
  await tx
    .insertInto("quotas")
    .values({ project_id: project, ...rowOf(NO_LIMITS), warned_at: null, version: 1 })
    .onConflict((c) => c.column("project_id").doNothing())
    .execute();
  return await tx
    .selectFrom("quotas")
    .select([...columns, "version"])
    .where("project_id", "=", project)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

export interface SetQuota {
  readonly witness: Witness;
  readonly project: QuotaProject;
  readonly limits: QuotaLimits;
  /** What the caller has seen; null to change whatever is there. */
  readonly version: number | null;
}

/**
 * Sets the limits of a project. They count for whatever commits after it; what is there already
 * stays. Throws `rights.changed`.
 */
export const setQuota = procedure(
  "quota.set",
  async (tx, { witness, project, limits, version }: SetQuota): Promise<void> => {
    const row = await held(tx, project.id);
    if (version !== null && row.version !== version) {
      throw failure("rights.changed", { current: row.version });
    }
    const changes = changesOf(limitsOf(row), limits);
    if (changes.length === 0) return;
    await tx
      .updateTable("quotas")
      .set({ ...rowOf(limits), version: row.version + 1 })
      .where("project_id", "=", project.id)
      .execute();
    await makePieces(tx, project.id);
    const pieces = await lockPieces(tx, project.id);
    const used = pieces.reduce((sum, { bytes }) => sum + bytes, 0);
    await grant(tx, project.id, limits.bytes, used);
    const object = { kind: "project", id: project.id, name: project.name };
    await record(tx, witness, [
      done("quota.update", object, { project: project.id, details: { changes, used } }),
    ]);
  },
);

export interface SetDefaults {
  readonly witness: Witness;
  readonly limits: QuotaLimits;
}

/** Sets the limits that projects get when they are made. */
export const setQuotaDefaults = procedure(
  "quota.set-defaults",
  async (tx, { witness, limits }: SetDefaults): Promise<void> => {
    const changes = changesOf(await defaultsIn(tx), limits);
    if (changes.length === 0) return;
    const value = JSON.stringify(limits);
    await tx
      .insertInto("settings")
      .values({ name: DEFAULTS, value })
      .onConflict((c) => c.column("name").doUpdateSet({ value }))
      .execute();
    const object = { kind: "quota", id: null, name: "new projects" };
    await record(tx, witness, [done("quota.defaults", object, { details: { changes } })]);
  },
);

export interface CheckQuota {
  readonly witness: Witness;
  readonly project: QuotaProject;
  /** Whether it is written down though nothing was wrong: somebody asked. */
  readonly isAsked: boolean;
}

/**
 * Holds the counters of a project against what is stored, and puts them right; gives by how many
 * bytes they were wrong. What is under way meanwhile is neither seen nor lost: whoever has changed
 * links and not yet counted them waits for the pieces, and both sides of the comparison are read by
 * one statement.
 */
export const checkQuota = procedure(
  "quota.check",
  async (tx, { witness, project, isAsked }: CheckQuota): Promise<number> => {
    const { id } = project;
    const links = await wrongLinks(tx, id);
    if (links.length > 0) {
      await lockBlobs(tx, links);
      await rewriteLinks(tx, id, links);
    }
    const { bytes: limit } = await held(tx, id);
    await makePieces(tx, id);
    await lockPieces(tx, id);
    const { counted, stored } = await recount(tx, id);
    const difference = counted - stored;
    if (difference !== 0) {
      await tx
        .updateTable("quota_usage")
        .set((e) => ({ bytes: e("bytes", "-", difference) }))
        .where("project_id", "=", id)
        .where("shard", "=", 0)
        .execute();
    }
    await grant(tx, id, limit, stored);
    await tx
      .updateTable("quotas")
      .set({ checked_at: witness.at, difference })
      .where("project_id", "=", id)
      .execute();
    const isWrong = difference !== 0 || links.length > 0;
    if (isWrong || isAsked) {
      const object = { kind: "project", id, name: project.name };
      const details = { difference, links: links.length, counted, stored };
      const action = isWrong ? "quota.repair" : "quota.check";
      await record(tx, witness, [done(action, object, { project: id, details })]);
    }
    return difference;
  },
);

/** Writes down anew how many repositories of a project link these blobs, whose rows are locked. */
async function rewriteLinks(tx: Tx, project: string, digests: readonly string[]): Promise<void> {
  await tx
    .deleteFrom("quota_blobs")
    .where("project_id", "=", project)
    .where("digest", "in", digests)
    .execute();
  await tx
    .insertInto("quota_blobs")
    .columns(["project_id", "digest", "links", "size"])
    .expression((e) =>
      e
        .selectFrom("repository_blobs as l")
        .innerJoin("repositories as r", "r.id", "l.repository_id")
        .innerJoin("blobs as b", "b.digest", "l.digest")
        .select((s) => [
          "r.project_id",
          "l.digest",
          s.fn.countAll<number>().as("links"),
          s.fn.max("b.size").as("size"),
        ])
        .where("r.project_id", "=", project)
        .where("l.digest", "in", digests)
        .groupBy(["r.project_id", "l.digest"]),
    )
    .execute();
}

export interface NoteLevel {
  readonly project: QuotaProject;
  readonly level: QuotaLevel;
  readonly used: number;
  readonly now: number;
}

/** Notes that a level to warn at was reached, or is no more; tells of it once. */
export const noteQuotaLevel = procedure(
  "quota.note-level",
  async (tx, { project, level, used, now }: NoteLevel): Promise<boolean> => {
    const isWarned = level !== "free";
    const row = await tx
      .updateTable("quotas")
      .set({ warned_at: isWarned ? now : null })
      .where("project_id", "=", project.id)
      .where("warned_at", isWarned ? "is" : "is not", null)
      .returning("bytes")
      .executeTakeFirst();
    if (row === undefined || !isWarned) return false;
    const reached = {
      project: project.name,
      projectId: project.id,
      level,
      used,
      limit: row.bytes,
      at: now,
    };
    await tx
      .insertInto("outbox")
      .values(eventRow("quota.reached", reached, now))
      .execute();
    return true;
  },
);

export interface KeepReport {
  readonly project: string;
  readonly report: QuotaReport;
  /** When it was done, and how many milliseconds it took. */
  readonly at: number;
  readonly took: number;
}

/** Writes down what takes the space of a project, for those who are refused room in it. */
export const keepQuotaReport = procedure(
  "quota.keep-report",
  async (tx, { project, report, at, took }: KeepReport): Promise<void> => {
    await tx
      .updateTable("quotas")
      .set({ report: JSON.stringify(report), reported_at: at, report_took: took })
      .where("project_id", "=", project)
      .execute();
  },
);

export const quotaProcedures = [
  setQuota,
  setQuotaDefaults,
  checkQuota,
  noteQuotaLevel,
  keepQuotaReport,
];
