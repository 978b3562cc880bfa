import type { Config } from "./config/schema.ts";
import { type Lens, openLens } from "./features/lens/service.ts";
import { type Metering, openMetering } from "./features/metering/service.ts";
import type { Clock } from "./kernel/clock.ts";
import type { People } from "./people.ts";
import type { Database } from "./platform/database/port.ts";
import type { JobHandler } from "./platform/jobs/port.ts";
import type { Logger } from "./platform/telemetry/telemetry.ts";
import { contentSettings } from "./settings.ts";

export interface MeasuringParts {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly identity: People["identity"];
}

/** What is counted of use and of space. */
export interface Measuring {
  readonly metering: Metering;
  readonly lens: Lens;
  readonly jobs: readonly JobHandler[];
}

/** Opens what counts pulls and pushes, and what weighs content. */
export function openMeasuring(parts: MeasuringParts): Measuring {
  const { config, db, clock, logger, identity } = parts;
  const metering = openMetering({
    db,
    clock,
    logins: () => {
      const { done, denied, throttled } = identity.logins;
      return { done, denied: denied + throttled };
    },
    keep: config.statistics.keep,
    onFault: (error) => logger.error({ err: error }, "figures of use could not be stored"),
  });
  const lens = openLens({ db, settings: contentSettings(config) });
  return { metering, lens, jobs: metering.jobs };
}
