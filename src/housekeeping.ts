import type { Config } from "./config/schema.ts";
import { systemDoer } from "./features/audit/entry.ts";
import { auditSchedules, purgeAuditJob } from "./features/audit/job.ts";
import type { Audit } from "./features/audit/service.ts";
import { contentSchedules } from "./features/content/uploads/job.ts";
import { identitySchedules, purgeIdentityJob } from "./features/identity/purge/job.ts";
import { purgeSessionsJob, sessionsPurgeSchedule } from "./features/identity/sessions/job.ts";
import { registryTokenSchedules } from "./features/registry-tokens/keys/job.ts";
import type { Database } from "./platform/database/port.ts";
import type { JobHandler } from "./platform/jobs/port.ts";
import type { Schedule } from "./platform/jobs/schedules/cron.ts";

/** Everything that runs by itself. */
export const schedules: readonly Schedule[] = [
  ...contentSchedules,
  ...identitySchedules,
  sessionsPurgeSchedule,
  ...registryTokenSchedules,
  ...auditSchedules,
];

export interface HousekeepingParts {
  readonly db: Database;
  readonly audit: Audit;
  readonly config: Config;
}

/** The jobs that take away what is over: tokens, sessions, audit entries. */
export function housekeeping({ db, audit, config }: HousekeepingParts): JobHandler[] {
  const { headKey } = audit.witness(systemDoer);
  const checkpoint = () => audit.checkpoint();
  return [
    purgeIdentityJob(db),
    purgeSessionsJob(db),
    purgeAuditJob({ db, headKey, keep: config.audit.keep, checkpoint }),
  ];
}
