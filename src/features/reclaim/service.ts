import type { Clock } from "../../kernel/clock.ts";
import type { RepositoryName } from "../../oci/name.ts";
import type { BlobStore } from "../../platform/blobs/port.ts";
import type { AnyProcedure, Database } from "../../platform/database/port.ts";
import type { Doer, Witness } from "../audit/entry.ts";
import { openControl } from "./control.ts";
import { holding } from "./holds.ts";
import { restampIfChanged, restampJob } from "./restamp-job.ts";
import type { ReclaimSettings } from "./settings.ts";
import { stagesOf } from "./stages.ts";
import { forgetBlobs, forgetDisplaced, takeBlobs } from "./store/blobs.ts";
import { sweepDeleted } from "./store/deleted.ts";
import { dueReads } from "./store/due.ts";
import { holdProcedures } from "./store/holds.ts";
import { sweepLinks } from "./store/links.ts";
import { sweepManifests } from "./store/manifests.ts";
import { markStamped, restampSome } from "./store/restamp.ts";
import { noteSweep, pauseReclaim, recordRun, resumeReclaim, stateReads } from "./store/state.ts";
import { statusReads } from "./store/status.ts";
import { Sweeper } from "./sweeper.ts";

/** Every write of reclaiming, for the writer's thread. */
export const reclaimProcedures: readonly AnyProcedure[] = [
  sweepDeleted,
  sweepManifests,
  sweepLinks,
  takeBlobs,
  forgetBlobs,
  forgetDisplaced,
  noteSweep,
  pauseReclaim,
  resumeReclaim,
  ...holdProcedures,
  recordRun,
  restampSome,
  markStamped,
];

export interface ReclaimParts {
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly node: string;
  readonly settings: ReclaimSettings;
  readonly audit: { witness(doer: Doer): Witness };
  readonly locate: (name: RepositoryName) => Promise<{ readonly id: string } | undefined>;
  /** Told after a sweep, so that what listens for deleted manifests hears of them without delay. */
  readonly changed: () => void;
  readonly onFault: (error: unknown) => void;
}

/** Builds the feature on its platform. */
export function openReclaim(parts: ReclaimParts) {
  const { db, blobs, clock, settings, audit } = parts;
  const due = dueReads(db);
  const state = stateReads(db);
  const witness = (doer: Doer) => audit.witness(doer);
  const stages = stagesOf({ db, blobs, clock, settings, reads: due, witness });
  const sweeper = new Sweeper({ ...parts, stages, due, state });
  const reads = statusReads(db);
  const reclaim = openControl({ ...parts, sweeper, due, state, reads });
  return {
    reclaim,
    sweeper,
    stages,
    holding: holding(parts.db, parts.clock),
    jobs: [restampJob(parts)],
    /** Begins to sweep, and sees to what was stamped by other settings. */
    async start(): Promise<void> {
      await restampIfChanged(parts);
      sweeper.start();
    },
  };
}
