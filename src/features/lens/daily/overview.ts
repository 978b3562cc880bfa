import { type Clock, DAY } from "../../../kernel/clock.ts";
import type { Database } from "../../../platform/database/port.ts";
import { type Forecast, forecast, growthPerDay } from "../rules-forecast.ts";
import {
  type DiskPoint,
  dayFrom,
  type GrowthPoint,
  installationGrowth,
  lastDay,
  type MeasuredRow,
  projectGrowth,
  type Ranking,
  rankedProjects,
  rankedRepositories,
} from "../store/daily.ts";
import { dayOf } from "./job.ts";

/** Growth is told over so many days, and foretold from them. */
const DAYS = 30;
/** Days of a curve that are given at once. */
export const MOST_DAYS = 1_000;
/** How often gauges look anew, in milliseconds. */
const FRESH = 60_000;

export interface Asked {
  readonly after: Ranking["after"];
  readonly limit: number;
}

/** Which repositories, and as whom one asks. */
export interface RepositoriesAsked extends Asked {
  /** Only of this project; undefined for all. */
  readonly projectId: string | undefined;
  /** Whether the repositories of the same project alone count as others. */
  readonly isWithin: boolean;
}

export interface Overview {
  /** When it was measured; null before the first time. */
  readonly measuredAt: number | null;
  /** The day that growth is counted from; null when there is none yet. */
  readonly since: number | null;
  readonly rows: readonly MeasuredRow[];
}

/** Of the installation, and of the disk that it lies on. */
export interface Growth extends Forecast {
  readonly points: readonly DiskPoint[];
}

export interface ProjectGrowth {
  readonly points: readonly GrowthPoint[];
  /** Bytes that it grows by each day; null for too few days to tell. */
  readonly perDay: number | null;
}

/** Figures for gauges. */
export interface DailyFigures {
  readonly stored: number;
  readonly logical: number;
  readonly perDay: number | null;
  readonly fullAt: number | null;
  readonly measuredAt: number;
}

/** What was measured by the day. */
export interface Daily {
  projects(asked: Asked): Promise<Overview>;
  repositories(asked: RepositoriesAsked): Promise<Overview>;
  /** From a time on; of the last 30 days when it is left out. */
  growth(from: number | undefined): Promise<Growth>;
  projectGrowth(projectId: string, from: number | undefined): Promise<ProjectGrowth>;
  /** As of a minute ago at most; undefined before the first measuring. */
  figures(): Promise<DailyFigures | undefined>;
}

export interface OverviewParts {
  readonly db: Database;
  readonly clock: Clock;
  /** Space that is kept free. */
  readonly leastFree: { readonly bytes: number; readonly percent: number };
}

/** Reads what was measured by the day. */
export function dailyFigures({ db, clock, leastFree }: OverviewParts): Daily {
  async function overview(
    read: (ranking: Pick<Ranking, "day" | "since">) => Promise<MeasuredRow[]>,
  ): Promise<Overview> {
    const last = await lastDay(db);
    if (last === undefined) return { measuredAt: null, since: null, rows: [] };
    const { day, measuredAt } = last;
    const since = (await dayFrom(db, day - DAYS * DAY)) ?? day;
    return {
      measuredAt,
      since: since === day ? null : since,
      rows: await read({ day, since }),
    };
  }

  /** The curve that was asked for, and the last days, which growth is told from. */
  async function curve<P extends GrowthPoint>(
    from: number | undefined,
    read: (days: { readonly from: number; readonly to: number }) => Promise<P[]>,
  ) {
    const now = clock.now();
    const recent = dayOf(now) - DAYS * DAY;
    const first = Math.max(from ?? recent, dayOf(now) - MOST_DAYS * DAY);
    const all = await read({ from: Math.min(first, recent), to: now + 1 });
    return {
      points: all.filter(({ at }) => at >= dayOf(first)),
      recent: all.filter(({ at }) => at >= recent),
    };
  }

  /** The disk fills with whatever is on it: its own use is what is foretold. */
  function foretold(points: readonly DiskPoint[]): Forecast {
    const last = points.at(-1);
    if (last === undefined) return { outlook: "too_few_days", perDay: null, fullAt: null };
    const kept = Math.max(leastFree.bytes, (last.total * leastFree.percent) / 100);
    const used = points.map(({ at, total, free }) => ({ at, value: total - free }));
    return forecast(last.at, last.free - kept, used);
  }

  async function growth(from: number | undefined): Promise<Growth> {
    const { points, recent } = await curve(from, (days) => installationGrowth(db, days));
    return { points, ...foretold(recent) };
  }

  let known: { readonly at: number; readonly figures: DailyFigures | undefined } | undefined;

  async function look(): Promise<DailyFigures | undefined> {
    const last = await lastDay(db);
    if (last === undefined) return undefined;
    const { points, perDay, fullAt } = await growth(last.day);
    const { unique: stored = 0, logical = 0 } = points.at(-1) ?? {};
    return { stored, logical, perDay, fullAt, measuredAt: last.measuredAt };
  }

  return {
    projects: (asked) => overview((days) => rankedProjects(db, { ...asked, ...days })),
    repositories: (asked) => overview((days) => rankedRepositories(db, { ...asked, ...days })),
    growth,
    async projectGrowth(projectId, from) {
      const { points, recent } = await curve(from, (days) => projectGrowth(db, projectId, days));
      const perDay = growthPerDay(recent.map(({ at, unique }) => ({ at, value: unique })));
      return { points, perDay };
    },
    async figures() {
      const now = clock.now();
      if (known === undefined || now - known.at > FRESH) known = { at: now, figures: await look() };
      return known.figures;
    },
  };
}
