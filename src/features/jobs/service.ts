import type { Clock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import {
  type JobFilter,
  listJobs,
  readJob,
  readJobLogs,
} from "../../platform/jobs/history/store.ts";
import type { JobCount, JobView, LogLine, ScheduleView } from "../../platform/jobs/port.ts";
import { listSchedules } from "../../platform/jobs/schedules/store.ts";
import type { JobsWorker } from "../../platform/jobs/worker/worker.ts";
import type { Doer } from "../audit/entry.ts";
import type { Audit } from "../audit/service.ts";
import { JobFigures } from "./figures.ts";
import { cancelForSomebody, retryForSomebody, runScheduleForSomebody } from "./store.ts";
import { JobWatch, type Watched, type Watching, type WatchTiming } from "./watch.ts";

export interface JobsParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly audit: Pick<Audit, "witness">;
  readonly worker: Pick<JobsWorker, "interrupt" | "notify" | "stats" | "figures">;
  readonly onFault: (error: unknown) => void;
  readonly timing?: Partial<WatchTiming>;
}

/** The background work, for people to look at and to interfere with. */
export interface Jobs {
  /** The newest first. */
  list(
    filter: JobFilter,
  ): Promise<{ readonly items: readonly JobView[]; readonly next: string | null }>;
  /** Throws `api.unknown`, as all that take an id do. */
  get(id: string): Promise<JobView>;
  logs(id: string): Promise<LogLine[]>;
  /** Throws `jobs.over`. One that runs ends a little later. */
  cancel(doer: Doer, id: string): Promise<JobView>;
  /** Throws `jobs.not_failed`, `jobs.twin`. */
  retry(doer: Doer, id: string): Promise<JobView>;
  schedules(): Promise<ScheduleView[]>;
  /** Enqueues the job of a schedule now; the one that is waiting or running already where there is one. */
  runSchedule(doer: Doer, name: string): Promise<JobView>;
  counts(): Promise<JobCount[]>;
  /** Throws `api.unknown`, `jobs.most_watchers`. */
  watch(watched: Watched): Promise<Watching>;
  /** Figures for gauges; asked several times in a row, the rows are counted once. */
  readonly figures: JobFigures;
  /** Ends every watch. */
  close(): void;
}

/** Opens the room; see `Jobs`. */
export function openJobs({ db, clock, audit, worker, onFault, timing = {} }: JobsParts): Jobs {
  const watch = new JobWatch({ db, onFault, timing });

  async function get(id: string): Promise<JobView> {
    const job = await readJob(db, id);
    if (job === null) throw failure("api.unknown", { kind: "job", name: id });
    return job;
  }

  const change = (doer: Doer, id: string) => {
    return { id, now: clock.now(), witness: audit.witness(doer) };
  };

  return {
    async list(filter) {
      const jobs = await listJobs(db, { ...filter, limit: filter.limit + 1 });
      const items = jobs.slice(0, filter.limit);
      return { items, next: jobs.length > items.length ? (items.at(-1)?.id ?? null) : null };
    },
    get,
    logs: (id) => readJobLogs(db, id),
    async cancel(doer, id) {
      const cancelled = await db.write(cancelForSomebody, change(doer, id));
      if (cancelled === "over") throw failure("jobs.over", { id });
      if (cancelled === "asked") worker.interrupt(id);
      return get(id);
    },
    async retry(doer, id) {
      const retried = await db.write(retryForSomebody, change(doer, id));
      if (retried === "busy") throw failure("jobs.not_failed", { id });
      if (retried === "twin") throw failure("jobs.twin", { id });
      worker.notify();
      return get(id);
    },
    schedules: () => listSchedules(db),
    async runSchedule(doer, name) {
      const asked = { name, now: clock.now(), witness: audit.witness(doer) };
      const enqueued = await db.write(runScheduleForSomebody, asked);
      if (enqueued === undefined) throw failure("api.unknown", { kind: "job schedule", name });
      worker.notify();
      return get(enqueued.id);
    },
    counts: () => worker.stats(),
    async watch(watched) {
      await get(watched.id);
      return watch.open(watched);
    },
    figures: new JobFigures({ db, clock, worker, watch }),
    close: () => watch.close(),
  };
}
