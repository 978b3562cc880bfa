import type { Clock } from "../../kernel/clock.ts";
import type { AnyProcedure, Database } from "../../platform/database/port.ts";
import { markedVersion } from "../../platform/database/version-mark.ts";
import type { Isolation } from "../../platform/isolation/port.ts";
import { type AnyListener, listenerKind } from "../../platform/jobs/outbox/listeners.ts";
import type { Enqueued, JobHandler, NewJob } from "../../platform/jobs/port.ts";
import { waitingJobs } from "../../platform/jobs/queue/store.ts";
import type { Schedule } from "../../platform/jobs/schedules/cron.ts";
import type { Content } from "../content/service.ts";
import { openAnalyst } from "./analyst/ask.ts";
import { describing, VERSION } from "./artifact/describe.ts";
import {
  BACKFILL,
  backfillJob,
  backfillSchedule,
  DESCRIBE,
  describeListener,
} from "./artifact/job.ts";
import { type Showing, showing } from "./artifact/show.ts";
import { insightReads } from "./artifact/store/read.ts";
import { keepInsights, keepVersion, VERSION_MARK } from "./artifact/store/write.ts";
import { type FileComparer, fileComparer } from "./compare/compare.ts";
import type { InsightContext } from "./context.ts";
import { Gate } from "./files/gate.ts";
import { indexJob } from "./files/index-layers.ts";
import { Chunks } from "./files/layer-source.ts";
import { layerFinder } from "./files/layers.ts";
import { type FileLists, fileLists } from "./files/list.ts";
import { type FileReader, fileReader } from "./files/read.ts";
import { indexReads } from "./files/store/read.ts";
import { indexProcedures } from "./files/store/write.ts";
import type { InsightSettings } from "./settings.ts";
import { Tally } from "./tally.ts";

/** Every write of this feature. */
export const insightProcedures: readonly AnyProcedure[] = [
  keepInsights,
  keepVersion,
  ...indexProcedures,
];

export interface InsightParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly content: Content;
  readonly isolation: Isolation;
  readonly settings: InsightSettings;
  readonly changed: () => void;
  readonly enqueue: (job: NewJob) => Promise<Enqueued>;
}

/** What artifacts are and what is in them, as the doors use it. */
export interface Insights extends Showing, FileLists, FileReader, FileComparer {
  readonly tally: Tally;
  /** How many analyses wait for their turn. */
  waiting(): Promise<number>;
}

/** Walks through lists, files being shown, and downloads, that one node has at a time. */
const WALKS = 2;
const READERS = 2;
const DOWNLOADS = 4;
/** As many more wait for their turn. */
const WAITING = 32;

/** Builds the feature on its platform. */
export function openInsight(parts: InsightParts) {
  const { db, settings, isolation, enqueue } = parts;
  const tally = new Tally();
  const reads = insightReads(db);
  const analyst = openAnalyst(isolation, settings);
  const context: InsightContext = { ...parts, reads, analyst, tally };
  const described = describing(context);
  const indexes = indexReads(db);
  const chunks = new Chunks(indexes);
  const layersOf = layerFinder({ ...parts, reads: indexes });
  const walks = new Gate(WALKS, WAITING);
  const shown = new Gate(READERS, WAITING);
  const downloads = new Gate(DOWNLOADS, WAITING);
  const insights: Insights = {
    ...showing(context),
    ...fileLists(layersOf, chunks, walks),
    ...fileComparer(layersOf, chunks, walks),
    ...fileReader(context, layersOf, { chunks, shown, downloads }),
    tally,
    waiting: () => waitingJobs(db, [listenerKind(DESCRIBE), BACKFILL]),
  };
  const { enabled } = settings;
  const listeners = enabled ? [describeListener(described) as AnyListener] : [];
  const jobs: JobHandler[] = enabled
    ? [backfillJob(context, described), indexJob(context, indexes) as JobHandler]
    : [];
  const schedules: Schedule[] = enabled ? [backfillSchedule] : [];
  return {
    insights,
    listeners,
    jobs,
    schedules,
    /** Sees to what another version analysed, or none. */
    async start(): Promise<void> {
      const version = await markedVersion(db, VERSION_MARK);
      if (!enabled) {
        // What is pushed from now on is seen to when this is switched on again.
        if (version > 0) await db.write(keepVersion, { version: 0 });
        return;
      }
      if (version >= VERSION) return;
      await enqueue({ kind: BACKFILL, uniqueKey: BACKFILL, priority: "low" });
    },
  };
}
