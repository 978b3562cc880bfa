import type { Config } from "./config/schema.ts";
import { measureJob } from "./features/lens/daily/job.ts";
import { type Daily, dailyFigures } from "./features/lens/daily/overview.ts";
import { daysOfStorage } from "./features/lens/daily/stored-days.ts";
import { type Lens, openLens } from "./features/lens/service.ts";
import { type Metering, openMetering } from "./features/metering/service.ts";
import type { Clock } from "./kernel/clock.ts";
import { hangLensGauges } from "./lens-gauges.ts";
import type { People } from "./people.ts";
import type { BlobStore } from "./platform/blobs/port.ts";
import type { Database } from "./platform/database/port.ts";
import type { JobHandler } from "./platform/jobs/port.ts";
import type { Logger, Telemetry } from "./platform/telemetry/telemetry.ts";
import { contentSettings } from "./settings.ts";

export interface MeasuringParts {
  readonly config: Config;
  readonly db: Database;
  readonly blobs: Pick<BlobStore, "capacity">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly identity: People["identity"];
}

/** What is counted of use and of space. */
export interface Measuring {
  readonly metering: Metering;
  readonly lens: Lens;
  readonly daily: Daily;
  readonly jobs: readonly JobHandler[];
}

/** Opens what counts pulls and pushes, and what weighs content. */
export function openMeasuring(parts: MeasuringParts): Measuring {
  const { config, db, blobs, clock, logger, identity } = parts;
  const { keep } = config.statistics;
  const metering = openMetering({
    db,
    clock,
    logins: () => {
      const { done, denied, throttled } = identity.logins;
      return { done, denied: denied + throttled };
    },
    stored: daysOfStorage(db),
    keep,
    onFault: (error) => logger.error({ err: error }, "figures of use could not be stored"),
  });
  const lens = openLens({ db, settings: contentSettings(config) });
  const { minFreeBytes, minFreePercent } = config.storage;
  const leastFree = { bytes: minFreeBytes, percent: minFreePercent };
  const daily = dailyFigures({ db, clock, leastFree });
  hangLensGauges(parts.telemetry, daily);
  const measure = measureJob({ db, keep, capacity: () => blobs.capacity() });
  return { metering, lens, daily, jobs: [...metering.jobs, measure] };
}
