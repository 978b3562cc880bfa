import type { Config } from "./config/schema.ts";
import type { Doer, Witness } from "./features/audit/entry.ts";
import type { Content } from "./features/content/service.ts";
import { openReclaim } from "./features/reclaim/service.ts";
import type { Clock } from "./kernel/clock.ts";
import type { BlobStore } from "./platform/blobs/port.ts";
import type { Database } from "./platform/database/port.ts";
import type { Logger, Telemetry } from "./platform/telemetry/telemetry.ts";
import { hangReclaimGauges } from "./reclaim-gauges.ts";
import { reclaimSettings } from "./settings.ts";
import { NODE } from "./system.ts";

export interface UpkeepParts {
  readonly config: Config;
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly audit: { witness(doer: Doer): Witness };
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly content: Pick<Content, "locate">;
  readonly changed: () => void;
}

/** Opens what sees to stored content by itself. */
export function openUpkeep(parts: UpkeepParts) {
  const { config, logger, telemetry, content } = parts;
  const { reclaim, sweeper } = openReclaim({
    ...parts,
    locate: content.locate,
    node: NODE,
    settings: reclaimSettings(config),
    onFault: (error) => logger.error({ err: error }, "reclaiming was held up"),
  });
  hangReclaimGauges(telemetry, reclaim);
  return {
    reclaim,
    /** Begins to work; gives what ends it. */
    start(): () => Promise<void> {
      sweeper.start();
      return () => sweeper.stop();
    },
  };
}
