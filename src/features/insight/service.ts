import type { Clock } from "../../kernel/clock.ts";
import type { AnyProcedure, Database } from "../../platform/database/port.ts";
import type { Isolation } from "../../platform/isolation/port.ts";
import { type Listener, listenerKind } from "../../platform/jobs/outbox/listeners.ts";
import type { Enqueued, JobHandler, NewJob } from "../../platform/jobs/port.ts";
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
import { keepInsight, keepVersion } from "./artifact/store/write.ts";
import type { InsightContext } from "./context.ts";
import type { InsightSettings } from "./settings.ts";
import { Tally } from "./tally.ts";

/** Every write of this feature. */
export const insightProcedures: readonly AnyProcedure[] = [keepInsight, keepVersion];

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
export interface Insights extends Showing {
  readonly tally: Tally;
  /** How many analyses wait for their turn. */
  waiting(): Promise<number>;
}

/** Builds the feature on its platform. */
export function openInsight(parts: InsightParts) {
  const { db, settings, isolation, enqueue } = parts;
  const tally = new Tally();
  const reads = insightReads(db);
  const analyst = openAnalyst(isolation, settings);
  const context: InsightContext = { ...parts, reads, analyst, tally };
  const described = describing(context);
  const insights: Insights = {
    ...showing(context),
    tally,
    waiting: () => reads.waiting([listenerKind(DESCRIBE), BACKFILL]),
  };
  const { enabled } = settings;
  const listeners: Listener[] = enabled ? [describeListener(described) as Listener] : [];
  const jobs: JobHandler[] = enabled ? [backfillJob(context, described)] : [];
  const schedules: Schedule[] = enabled ? [backfillSchedule] : [];
  return {
    insights,
    listeners,
    jobs,
    schedules,
    /** Sees to what another version analysed, or none. */
    async start(): Promise<void> {
      const version = await reads.version();
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
