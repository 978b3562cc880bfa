import { type Clock, SECOND } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import type { JobState } from "../../platform/database/schema/system.ts";
import { oldestDue } from "../../platform/jobs/history/store.ts";
import type { JobCount, RunFigures } from "../../platform/jobs/port.ts";
import type { JobsWorker } from "../../platform/jobs/worker/worker.ts";

export interface FigureParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly worker: Pick<JobsWorker, "stats" | "figures">;
  readonly watch: { readonly size: number };
}

/** One figure for each kind of job. */
export type ByKind = Record<string, number>;

/** What is read for one scrape is asked for by each of its gauges. */
const SAME_SCRAPE = SECOND;
/** Kinds that no handler of this version has: rows of an older or a newer one. */
const OTHER = "other";

/** How the work in the background gets on, for metrics. Kinds are those that this program has. */
export class JobFigures {
  readonly #parts: FigureParts;
  #counted: { readonly at: number; readonly counts: Promise<JobCount[]> } | undefined;

  constructor(parts: FigureParts) {
    this.#parts = parts;
  }

  get watched(): number {
    return this.#parts.watch.size;
  }

  /** How many jobs of each kind are in a state, on all nodes. */
  async in(state: JobState): Promise<ByKind> {
    const counts = (await this.#counts()).filter((each) => each.state === state);
    return this.#byKind(counts.map(({ kind, count }) => [kind, count]));
  }

  /** For how many seconds the oldest job of each kind has been due that nobody has taken yet. */
  async waiting(): Promise<ByKind> {
    const now = this.#parts.clock.now();
    const found = await oldestDue(this.#parts.db, now);
    const ages = this.#byKind([]);
    for (const { kind, runAt } of found) {
      const name = this.#name(kind);
      ages[name] = Math.max(ages[name] ?? 0, (now - runAt) / SECOND);
    }
    return ages;
  }

  /** What became of the runs of this node since it started. */
  ran(of: (figures: RunFigures) => number): ByKind {
    const figures = this.#parts.worker.figures();
    return Object.fromEntries(figures.map((each) => [each.kind, of(each)]));
  }

  #counts(): Promise<JobCount[]> {
    const now = this.#parts.clock.now();
    const last = this.#counted;
    if (last !== undefined && now - last.at < SAME_SCRAPE) return last.counts;
    const counts = this.#parts.worker.stats();
    this.#counted = { at: now, counts };
    return counts;
  }

  #name(kind: string): string {
    const isKnown = this.#parts.worker.figures().some((each) => each.kind === kind);
    return isKnown ? kind : OTHER;
  }

  #byKind(found: readonly (readonly [string, number])[]): ByKind {
    const all: ByKind = {};
    for (const { kind } of this.#parts.worker.figures()) all[kind] = 0;
    for (const [kind, count] of found) {
      const name = this.#name(kind);
      all[name] = (all[name] ?? 0) + count;
    }
    return all;
  }
}
