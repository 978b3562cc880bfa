import type { Config } from "./config/schema.ts";
import type { Audit } from "./features/audit/service.ts";
import type { Content } from "./features/content/service.ts";
import { type Integrity, openIntegrity } from "./features/integrity/service.ts";
import { openTrash, type Trash } from "./features/trash/service.ts";
import type { Clock } from "./kernel/clock.ts";
import type { BlobStore } from "./platform/blobs/port.ts";
import type { Database } from "./platform/database/port.ts";
import type { AnyListener } from "./platform/jobs/outbox/listeners.ts";
import type { JobHandler } from "./platform/jobs/port.ts";
import type { Schedule } from "./platform/jobs/schedules/cron.ts";
import { contentSettings, integritySettings } from "./settings.ts";

export interface UpkeepParts {
  readonly config: Config;
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly content: Content;
  readonly changed: () => void;
}

/** What looks after stored content, and what of it runs in the background. */
export interface Upkeep {
  readonly trash: Trash;
  readonly integrity: Integrity;
  readonly jobs: readonly JobHandler[];
  readonly listeners: readonly AnyListener[];
  readonly schedules: readonly Schedule[];
  /** Goes on with what an earlier process began. */
  start(): Promise<void>;
}

/** Opens what looks after stored content. */
export function openUpkeep(parts: UpkeepParts): Upkeep {
  const { config } = parts;
  const integrity = openIntegrity({ ...parts, settings: integritySettings(config) });
  return {
    ...integrity,
    trash: openTrash({ ...parts, settings: contentSettings(config) }),
  };
}
