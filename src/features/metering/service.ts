import type { Clock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import type { JobHandler } from "../../platform/jobs/port.ts";
import { UsageGatherer } from "./gatherer.ts";
import { Inventory, type Stock } from "./inventory/inventory.ts";
import { purgeUsageJob } from "./job.ts";
import {
  type LedgerAsked,
  ledgerLines,
  type MarkedLine,
  type StoredDays,
} from "./ledger/ledger.ts";
import { periodStart } from "./ledger/rules-period.ts";
import { everyPoint, type Step, spanOf, startOf, WIDTHS } from "./rules.ts";
import { addUsage } from "./store/add.ts";
import {
  type EverUsed,
  everUsed,
  type InstallationPoint,
  installationTraffic,
  lastPulled,
  projectTraffic,
  type RankBy,
  type RankedRepository,
  type RecentUse,
  rankedRepositories,
  recentUses,
  repositoryNamed,
  repositoryTraffic,
  type TrafficPoint,
} from "./store/read.ts";
import type { Logins, Use } from "./usage.ts";

export interface MeteringParts {
  readonly db: Database;
  readonly clock: Clock;
  /** How logins of this process ended, since it began. */
  readonly logins: () => Logins;
  /** What was stored on which day. */
  readonly stored: StoredDays;
  /** How long days and hours are kept, in milliseconds. */
  readonly keep: number;
  readonly onFault: (error: unknown) => void;
}

/** A time that is asked for; whole hours or days of it are given. */
export interface Asked {
  readonly from?: number;
  readonly to?: number;
}

export interface RankingAsked extends Asked {
  readonly by: RankBy;
  readonly after: { readonly figure: number; readonly name: string } | null;
  readonly limit: number;
}

/** Whose lines, and of which time: of months, whole ones from the beginning on. */
export interface LinesAsked extends Asked, Omit<LedgerAsked, "span"> {}

export interface RepositoryUsage {
  readonly ever: EverUsed;
  readonly days: readonly TrafficPoint[];
}

/** Who pulled and pushed what, and how much of everything there is. */
export interface Metering {
  /** Counts what a request did: at once, in memory. Never throws. */
  count(use: Use): void;
  /** Throws `api.invalid` for a time that is none, as all that take one do. */
  traffic(asked: Asked & { readonly step: Step }): Promise<InstallationPoint[]>;
  /** What was counted since the day (UTC) began, by all nodes. */
  today(): Promise<InstallationPoint>;
  ofProject(projectId: string, asked: Asked): Promise<TrafficPoint[]>;
  /** Throws `api.unknown` where there is no such repository. */
  ofRepository(name: string, asked: Asked): Promise<RepositoryUsage>;
  ranking(asked: RankingAsked): Promise<RankedRepository[]>;
  /** Who used how much, in the order of projects. */
  ledger(asked: LinesAsked): AsyncGenerator<MarkedLine>;
  /** What a principal used last, newest first. */
  recent(principalId: string, limit: number): Promise<RecentUse[]>;
  /** When each of these manifests of a repository was pulled last; those that never were are left out. */
  lastPulled(
    repositoryId: string,
    digests: readonly string[],
  ): Promise<ReadonlyMap<string, number>>;
  /** How much there is, and as of when. */
  stock(): Promise<Stock>;
  /** Figures for gauges. */
  readonly waiting: number;
  readonly reduced: number;
  readonly jobs: readonly JobHandler[];
  /** Writes what was counted; resolves when it is stored, or has to wait. */
  flush(): Promise<boolean>;
  close(): Promise<void>;
}

const nothing = { pulls: 0, pushes: 0, bytesIn: 0, bytesOut: 0 } as const;
const noTraffic = (at: number): TrafficPoint => ({ at, ...nothing });
const noPoint = (at: number): InstallationPoint => {
  return { at, ...nothing, logins: 0, loginsDenied: 0 };
};

/** Opens the room; see `Metering`. */
export function openMetering(parts: MeteringParts): Metering {
  const { db, clock, logins, stored, keep, onFault } = parts;
  const add = (batch: Parameters<typeof addUsage.run>[1]) => db.write(addUsage, batch);
  const gatherer = new UsageGatherer({ clock, add, logins, onFault });
  const inventory = new Inventory(db, clock);
  const span = (step: Step, asked: Asked) => spanOf({ ...asked, step }, clock.now());

  return {
    count: (use) => gatherer.count(use),
    async traffic({ step, ...asked }) {
      const over = span(step, asked);
      const found = await installationTraffic(db, over, WIDTHS[step]);
      return everyPoint(over, found, noPoint);
    },
    async today() {
      const from = startOf("day", clock.now());
      const over = { step: "day", from, to: from + WIDTHS.day } as const;
      const [point] = await installationTraffic(db, over, WIDTHS.day);
      return point ?? noPoint(from);
    },
    async ofProject(projectId, asked) {
      const over = span("day", asked);
      return everyPoint(over, await projectTraffic(db, projectId, over), noTraffic);
    },
    async ofRepository(name, asked) {
      const over = span("day", asked);
      const id = await repositoryNamed(db, name);
      if (id === undefined) throw failure("api.unknown", { kind: "repository", name });
      const days = everyPoint(over, await repositoryTraffic(db, id, over), noTraffic);
      const ever = await everUsed(db, id);
      return { ever: ever ?? { ...nothing, lastPulledAt: null, lastPushedAt: null }, days };
    },
    ranking: ({ by, after, limit, ...asked }) =>
      rankedRepositories(db, { span: span("day", asked), by, after, limit }),
    ledger({ from, to, ...asked }) {
      const over = span("day", {
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      });
      const whole = { ...over, from: periodStart(asked.period, over.from) };
      return ledgerLines({ db, stored }, { ...asked, span: whole });
    },
    recent: (principalId, limit) => recentUses(db, principalId, limit),
    lastPulled: (repositoryId, digests) => lastPulled(db, repositoryId, digests),
    stock: () => inventory.stock(),
    get waiting() {
      return gatherer.waiting;
    },
    get reduced() {
      return gatherer.reduced;
    },
    jobs: [purgeUsageJob(db, keep)],
    flush: () => gatherer.flush(),
    close: () => gatherer.close(),
  };
}
