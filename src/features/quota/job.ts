import type { Database } from "../../platform/database/port.ts";
import type { JobHandler } from "../../platform/jobs/port.ts";
import type { Schedule } from "../../platform/jobs/schedules/cron.ts";
import { systemDoer } from "../audit/entry.ts";
import type { Witnessing } from "../content/deed.ts";
import { isReportDue, levelOf } from "./rules.ts";
import { type QuotaReads, quotaReads } from "./store/read.ts";
import { recount, wrongLinks } from "./store/recount.ts";
import { reportOf } from "./store/report.ts";
import { checkQuota, keepQuotaReport, noteQuotaLevel } from "./store/write.ts";

const CHECK = "quota.check";
const WATCH = "quota.watch";
const BATCH = 100;

interface JobParts {
  readonly db: Database;
  readonly audit: Witnessing;
  /** Told after something was committed that others are to hear of. */
  readonly changed: () => void;
}

/** Goes through a list by the ids of what is in it. */
async function* all<T extends { readonly id: string }>(
  page: (after: string, limit: number) => Promise<T[]>,
): AsyncGenerator<T> {
  for (let after = ""; ; ) {
    const rows = await page(after, BATCH);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return;
    after = last.id;
  }
}

/** Holds the counters of every project against what is stored; what is wrong is told and put right. */
function checkJob({ db, audit }: JobParts, reads: QuotaReads): JobHandler {
  return {
    kind: CHECK,
    async run(_payload, { signal, log, progress }) {
      let checked = 0;
      let wrong = 0;
      for await (const project of all(reads.projects)) {
        if (signal.aborted) return;
        const { counted, stored } = await recount(db.read, project.id);
        const links = await wrongLinks(db.read, project.id);
        const isWrong = counted !== stored || links.length > 0;
        const { limits } = await reads.limits(project.id);
        const isLimited = Object.values(limits).some((each) => each !== null);
        if (isWrong || isLimited) {
          const witness = audit.witness(systemDoer);
          const difference = await db.write(checkQuota, { witness, project, isAsked: false });
          if (isWrong) {
            const what = `${difference} bytes and ${links.length} links`;
            log("error", `${project.name} was counted wrongly, by ${what}: put right`);
            wrong += 1;
          }
        }
        progress(++checked);
      }
      log("info", `the counters of ${checked} projects were checked, ${wrong} were wrong`);
    },
  };
}

/**
 * Notices projects that have come to a level to warn at, or gone below it again, and looks now and
 * then at what takes the space of those that are limited.
 */
function watchJob({ db, changed }: JobParts, reads: QuotaReads): JobHandler {
  return {
    kind: WATCH,
    async run(_payload, { signal, now }) {
      for await (const { warnedAt, reportedAt, took, ...project } of all(reads.limited)) {
        if (signal.aborted) return;
        const usage = await reads.usage(project.id);
        const { limits } = await reads.limits(project.id);
        const level = levelOf(limits, usage);
        const isBoundless = limits.bytes === null && limits.bytesWarn === null;
        if (!isBoundless && isReportDue({ at: reportedAt, took }, level, now())) {
          const began = now();
          const report = await reportOf(db, project.id, signal);
          const at = now();
          await db.write(keepQuotaReport, { project: project.id, report, at, took: at - began });
        }
        if ((level !== "free") === (warnedAt !== null)) continue;
        const { id, name } = project;
        const news = { project: { id, name }, level, used: usage.bytes, now: now() };
        if (await db.write(noteQuotaLevel, news)) changed();
      }
    },
  };
}

export function quotaJobs(parts: JobParts): JobHandler[] {
  const reads = quotaReads(parts.db);
  return [checkJob(parts, reads), watchJob(parts, reads)];
}

export const quotaSchedules: readonly Schedule[] = [
  { name: CHECK, kind: CHECK, cron: "17 2 * * *", timeZone: "UTC" },
  { name: WATCH, kind: WATCH, cron: "* * * * *", timeZone: "UTC" },
];
