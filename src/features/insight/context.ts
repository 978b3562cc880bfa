import type { Clock } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Content } from "../content/service.ts";
import type { Analyst } from "./analyst/ask.ts";
import type { InsightReads } from "./artifact/store/read.ts";
import type { InsightSettings } from "./settings.ts";
import type { Tally } from "./tally.ts";

/** What the parts of this feature stand on. */
export interface InsightContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly content: Content;
  readonly settings: InsightSettings;
  readonly analyst: Analyst;
  readonly reads: InsightReads;
  readonly tally: Tally;
  /** Told after a change was committed, so that its events are delivered without delay. */
  readonly changed: () => void;
}
