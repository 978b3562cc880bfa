import type { Config } from "./config/schema.ts";
import type { Doer, Witness } from "./features/audit/entry.ts";
import { openReclaim } from "./features/reclaim/service.ts";
import type { Clock } from "./kernel/clock.ts";
import type { BlobStore } from "./platform/blobs/port.ts";
import type { Database } from "./platform/database/port.ts";
import type { Logger } from "./platform/telemetry/telemetry.ts";
import { reclaimSettings } from "./settings.ts";
import { NODE } from "./system.ts";

export interface UpkeepParts {
  readonly config: Config;
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly audit: { witness(doer: Doer): Witness };
  readonly logger: Logger;
  readonly changed: () => void;
}

/** Opens what sees to stored content by itself. */
export function openUpkeep(parts: UpkeepParts) {
  const { config, logger } = parts;
  const reclaim = openReclaim({
    ...parts,
    node: NODE,
    settings: reclaimSettings(config),
    onFault: (error) => logger.error({ err: error }, "reclaiming was held up"),
  });
  return { reclaim };
}
