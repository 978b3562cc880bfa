import { type Clock, SECOND } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Digest } from "../../oci/digest.ts";
import type { RepositoryName } from "../../oci/name.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Doer, Witness } from "../audit/entry.ts";
import type { ReclaimSettings } from "./settings.ts";
import type { Reclaimed } from "./store/days.ts";
import type { DueReads } from "./store/due.ts";
import {
  type NodeSweep,
  type Pause,
  pauseReclaim,
  recordRun,
  resumeReclaim,
  type StateReads,
} from "./store/state.ts";
import type { StatusReads, Waiting } from "./store/status.ts";
import { type Kept, whyKept } from "./store/why.ts";
import type { Sweeper } from "./sweeper.ts";

/** How reclaiming gets on. Times in milliseconds since the epoch. */
export interface ReclaimStatus {
  /** Since when nobody sweeps, and whose word that is; null while it goes on. */
  readonly paused: Pause | null;
  /** Whether this node sweeps (`reclaim.enabled`). */
  readonly isEnabled: boolean;
  readonly waiting: Waiting;
  /** Since midnight (UTC), on all nodes. */
  readonly today: Reclaimed;
  /** When the next row is due; in the past while a sweep is behind. */
  readonly nextDue: number | null;
  /** The nodes that swept within a day, the latest first. */
  readonly nodes: readonly NodeSweep[];
}

/** Reclaiming, for people. */
export interface Reclaim {
  status(): Promise<ReclaimStatus>;
  /** Stops the sweepers of all nodes, from their next batch on. */
  pause(by: Doer): Promise<void>;
  resume(by: Doer): Promise<void>;
  /** Sweeps what is due now rather than at the next look. Throws `reclaim.paused`, `reclaim.disabled`. */
  run(by: Doer): Promise<void>;
  /** Why a manifest or a blob is kept. Throws `repository.unknown`, `reclaim.unknown`. */
  why(repository: RepositoryName, digest: Digest): Promise<Kept>;
  /** What waits, for metrics: believed for a few seconds. */
  waiting(): Promise<Waiting>;
  /** What was reclaimed ever, for metrics. */
  ever(): Promise<Reclaimed>;
  /** For how many seconds the oldest row has been due. */
  behind(): Promise<number>;
}

export interface ControlParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly settings: ReclaimSettings;
  readonly audit: { witness(doer: Doer): Witness };
  readonly locate: (name: RepositoryName) => Promise<{ readonly id: string } | undefined>;
  readonly sweeper: Sweeper;
  readonly due: DueReads;
  readonly state: StateReads;
  readonly reads: StatusReads;
}

/** Counting goes through an index from end to end: once for all who ask within this time. */
const FRESH = 5 * SECOND;

export function openControl(parts: ControlParts): Reclaim {
  const { db, clock, settings, audit, sweeper, due, state, reads } = parts;
  let counted: { readonly at: number; readonly waiting: Promise<Waiting> } | undefined;

  function waiting(): Promise<Waiting> {
    const now = clock.now();
    if (counted === undefined || now - counted.at >= FRESH) {
      const fresh = { at: now, waiting: reads.waiting() };
      counted = fresh;
      // What failed is asked anew by the next one.
      fresh.waiting.catch(() => {
        if (counted === fresh) counted = undefined;
      });
    }
    return counted.waiting;
  }

  return {
    waiting,
    ever: () => reads.ever(),
    async behind() {
      const next = await due.next(settings);
      return next === null ? 0 : Math.max(0, clock.now() - next) / SECOND;
    },
    async status() {
      return {
        paused: await state.pause(),
        isEnabled: settings.enabled,
        waiting: await waiting(),
        today: await reads.today(clock.now()),
        nextDue: await due.next(settings),
        nodes: await state.nodes(),
      };
    },
    async pause(by) {
      await db.write(pauseReclaim, { witness: audit.witness(by) });
    },
    async resume(by) {
      await db.write(resumeReclaim, { witness: audit.witness(by) });
      sweeper.wake();
    },
    async run(by) {
      if (!settings.enabled) throw failure("reclaim.disabled");
      if ((await state.pause()) !== null) throw failure("reclaim.paused");
      await db.write(recordRun, { witness: audit.witness(by) });
      sweeper.wake();
    },
    async why(repository, digest) {
      const found = await parts.locate(repository);
      if (found === undefined) throw failure("repository.unknown", { name: repository });
      const kept = await whyKept(db, found.id, digest);
      if (kept === undefined) throw failure("reclaim.unknown", { digest, name: repository });
      return kept;
    },
  };
}
