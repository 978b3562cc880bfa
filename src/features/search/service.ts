import type { Database } from "../../platform/database/port.ts";
import { markedVersion } from "../../platform/database/version-mark.ts";
import { type AnyListener, listenerKind } from "../../platform/jobs/outbox/listeners.ts";
import type { Enqueued, JobHandler, NewJob } from "../../platform/jobs/port.ts";
import { waitingJobs } from "../../platform/jobs/queue/store.ts";
import type { Access } from "../access/service.ts";
import type { Actor } from "../identity/principal.ts";
import type { Hits } from "./hit.ts";
import { KEEP, keepListener } from "./keep.ts";
import { ProjectNumbers } from "./project-numbers.ts";
import { type LabelsOf, REBUILD, rebuildJob, VERSION } from "./rebuild.ts";
import { type Asked, search } from "./search.ts";
import { digestReads } from "./store/digests.ts";
import { inventoryReads } from "./store/inventory.ts";
import { searchReads } from "./store/read.ts";
import { type Scan, scanTerms } from "./store/scan.ts";
import { VERSION_MARK } from "./store/write.ts";

export interface SearchParts {
  readonly db: Database;
  readonly access: Access;
  /** What images say of themselves, as far as it is known. */
  readonly labelsOf: LabelsOf;
  readonly enqueue: (job: NewJob) => Promise<Enqueued>;
}

/** What is found is whole, or the index is being made. */
export type IndexState = "ready" | "building";

/** One box over everything that has a name, a digest or something to say of itself. */
export interface Search {
  /** Throws `api.invalid` for a cursor that no page gave. */
  find(actor: Actor, asked: Asked): Promise<Hits>;
  state(): Promise<IndexState>;
  /** How many jobs that keep the index wait for their turn. */
  waiting(): Promise<number>;
}

/** Builds the feature on its platform. */
export function openSearch({ db, access, labelsOf, enqueue }: SearchParts) {
  const reads = searchReads(db);
  const inventory = inventoryReads(db);
  const numbers = new ProjectNumbers(reads);
  const digests = digestReads(db);
  const parts = { access, reads, digests, numbers, scan: (wanted: Scan) => scanTerms(db, wanted) };
  let isReady = false;
  const service: Search = {
    find: (actor, asked) => search(parts, actor, asked),
    async state() {
      isReady ||= (await markedVersion(db, VERSION_MARK)) === VERSION;
      return isReady ? "ready" : "building";
    },
    waiting: () => waitingJobs(db, [listenerKind(KEEP), REBUILD]),
  };
  const listeners: AnyListener[] = [keepListener(db) as AnyListener];
  const jobs: JobHandler[] = [rebuildJob({ db, reads: inventory, labelsOf })];
  return {
    search: service,
    listeners,
    jobs,
    /** Sees to what was stored before there was an index, or was indexed by other rules. */
    async start(): Promise<void> {
      if ((await markedVersion(db, VERSION_MARK)) === VERSION) return;
      await enqueue({ kind: REBUILD, uniqueKey: REBUILD, priority: "low" });
    },
  };
}
