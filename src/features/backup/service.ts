import { Failure, failure } from "../../kernel/errors/catalogue.ts";
import type { Enqueued, JobHandler, NewJob } from "../../platform/jobs/port.ts";
import { nextTick, type Schedule } from "../../platform/jobs/schedules/cron.ts";
import { withdrawSchedule } from "../../platform/jobs/schedules/store.ts";
import type { Doer, Witness } from "../audit/entry.ts";
import { Reports } from "./folder/reports.ts";
import { Shelf } from "./folder/shelf.ts";
import { Snapshots } from "./folder/snapshots.ts";
import type { Snapshot } from "./format.ts";
import {
  backupJobs,
  DRILL,
  drillOf,
  type JobParts,
  keyOf,
  MAKE,
  TIDY,
  type ToMake,
} from "./job.ts";
import { isLate } from "./rules.ts";
import type { BackupSettings } from "./settings.ts";
import { askForBackup } from "./store.ts";
import type { Report } from "./verify/report.ts";

const SCHEDULE = "backup";

export interface BackupParts
  extends Omit<JobParts, "folder" | "keep" | "bytesPerSecond" | "reports" | "snapshots" | "shelf"> {
  readonly settings: BackupSettings;
  readonly audit: { witness(doer: Doer): Witness };
}

/** How backups are doing. */
export interface BackupState {
  readonly isConfigured: boolean;
  readonly schedule: string | null;
  readonly keep: number;
  readonly nextAt: number | null;
  /** The newest one that lacks nothing. */
  readonly lastGood: { readonly id: string; readonly takenAt: number } | null;
  /** Whether one should have been made since. */
  readonly isLate: boolean;
  /** How much a backup or a drill reads a second; null for no bound. */
  readonly bytesPerSecond: number | null;
  readonly drills: DrillState;
}

/** How restore drills are doing. */
export interface DrillState {
  readonly schedule: string | null;
  readonly nextAt: number | null;
  /** The last one, of whichever backup. */
  readonly last:
    | (Pick<Report, "verdict" | "finishedAt"> & {
        readonly id: string;
        readonly findings: number;
      })
    | null;
  /** Whether one should have been done since, or since the first backup. */
  readonly isLate: boolean;
}

/** A snapshot with what the last restore drill said of it. */
export interface KeptBackup {
  readonly snapshot: Snapshot;
  readonly report: Report | null;
}

/** Backups, as the doors use them; all but `state` throw `backup.off` without a folder. */
export interface Backups {
  state(): Promise<BackupState>;
  /** The newest first, after `after`. Throws `backup.unavailable`. */
  list(asked: { readonly limit: number; readonly after: string | undefined }): Promise<{
    readonly items: readonly KeptBackup[];
    readonly next: string | undefined;
  }>;
  /** Throws `backup.unknown`, `backup.unreadable`, as all that take an id do. */
  get(id: string): Promise<KeptBackup>;
  /** Begins to make one; where one is being made, that one it is. */
  create(doer: Doer, how?: ToMake): Promise<Enqueued>;
  verify(doer: Doer, id: string, how?: ToMake): Promise<Enqueued>;
  /** Its content goes a little later, as far as no other one has it. */
  remove(doer: Doer, id: string): Promise<void>;
}

interface Place {
  readonly folder: string;
  readonly snapshots: Snapshots;
  readonly reports: Reports;
  readonly shelf: Shelf;
}

function placeOf(folder: string): Place {
  const snapshots = new Snapshots(folder);
  return { folder, snapshots, reports: new Reports(folder), shelf: new Shelf(folder) };
}

/** A folder that cannot be read says nothing of what is in it. */
async function fromFolder<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Failure ? error : failure("backup.unavailable", {}, error);
  }
}

function doors(
  { db, clock, settings, audit, changed }: BackupParts,
  place: Place | undefined,
): Backups {
  const { schedule, keep, drillSchedule, bytesPerSecond } = settings;
  const after = (cron: string | null) => (time: number) =>
    cron === null ? null : nextTick(cron, "UTC", time);
  const [nextBackup, nextDrill] = [after(schedule), after(drillSchedule)];
  const there = (): Place => {
    if (place === undefined) throw failure("backup.off");
    return place;
  };
  const ask = async (doer: Doer, job: NewJob, action: string, id: string | null) => {
    const enqueued = await db.write(askForBackup, {
      job,
      action,
      id,
      witness: audit.witness(doer),
    });
    changed();
    return enqueued;
  };
  const kept = async (snapshot: Snapshot): Promise<KeptBackup> => {
    return { snapshot, report: (await there().reports.last(snapshot.id)) ?? null };
  };
  const known = async (id: string): Promise<Snapshot> => {
    const snapshot = await there().snapshots.read(id);
    if (snapshot === undefined) throw failure("backup.unknown", { id });
    return snapshot;
  };

  async function drills(snapshots: readonly Snapshot[], now: number): Promise<DrillState> {
    const report = place === undefined ? undefined : await fromFolder(() => place.reports.newest());
    // Before the first one, it is the oldest backup that waits for it.
    const since = report?.finishedAt ?? snapshots.at(-1)?.finishedAt;
    return {
      schedule: drillSchedule,
      nextAt: place === undefined ? null : nextDrill(now),
      last:
        report === undefined
          ? null
          : {
              id: report.snapshot.id,
              verdict: report.verdict,
              finishedAt: report.finishedAt,
              findings: report.count,
            },
      isLate: since !== undefined && isLate(since, nextDrill, now),
    };
  }

  return {
    async state() {
      const now = clock.now();
      const isConfigured = place !== undefined;
      const all = isConfigured ? await fromFolder(() => place.snapshots.list()) : [];
      const good = all.find(({ damaged }) => damaged.count === 0);
      const lastGood = good === undefined ? null : { id: good.id, takenAt: good.takenAt };
      return {
        ...{ isConfigured, schedule, keep, lastGood, bytesPerSecond },
        nextAt: isConfigured ? nextBackup(now) : null,
        isLate: isConfigured && isLate(lastGood?.takenAt ?? null, nextBackup, now),
        drills: await drills(all, now),
      };
    },
    list: ({ limit, after }) =>
      fromFolder(async () => {
        const all = await there().snapshots.list();
        const rest = after === undefined ? all : all.filter(({ id }) => id < after);
        const page = rest.slice(0, limit);
        const items = await Promise.all(page.map(kept));
        return { items, next: rest.length > page.length ? page.at(-1)?.id : undefined };
      }),
    get: (id) => fromFolder(async () => await kept(await known(id))),
    async create(doer, payload = {}) {
      there();
      const job = { kind: MAKE, payload, uniqueKey: keyOf(MAKE), maxAttempts: 1 };
      return await ask(doer, job, "backup.create", null);
    },
    async verify(doer, id, how = {}) {
      await fromFolder(() => known(id));
      return await ask(doer, drillOf(id, how), "backup.verify", id);
    },
    async remove(doer, id) {
      const { snapshots } = there();
      // One that cannot be read can be removed all the same.
      const names = await fromFolder(() => snapshots.names());
      if (!names.includes(id) || !(await fromFolder(() => snapshots.exists(id)))) {
        throw failure("backup.unknown", { id });
      }
      await ask(doer, { kind: TIDY, uniqueKey: keyOf(TIDY) }, "backup.delete", id);
      await fromFolder(() => snapshots.remove(id));
    },
  };
}

/** Builds the feature on its platform. */
export function openBackup(parts: BackupParts) {
  const { db, settings } = parts;
  const { folder, schedule, drillSchedule } = settings;
  const place = folder === null ? undefined : placeOf(folder);
  const jobs: JobHandler[] =
    place === undefined ? [] : backupJobs({ ...parts, ...settings, ...place });
  const wanted = [
    { name: SCHEDULE, kind: MAKE, cron: schedule },
    { name: DRILL, kind: DRILL, cron: drillSchedule },
  ];
  const schedules = wanted.flatMap(({ cron, ...rest }): Schedule[] =>
    place === undefined || cron === null ? [] : [{ ...rest, cron, payload: {}, timeZone: "UTC" }],
  );
  return {
    backups: doors(parts, place),
    jobs,
    schedules,
    /** Takes back what an earlier configuration has scheduled. */
    async start(): Promise<void> {
      if (place === undefined) return;
      for (const { name, cron } of wanted) if (cron === null) await withdrawSchedule(db, name);
    },
  };
}
