import { auditSchedules } from "./features/audit/job.ts";
import { contentSchedules } from "./features/content/uploads/job.ts";
import { identitySchedules, purgeIdentityJob } from "./features/identity/purge/job.ts";
import { purgeSessionsJob, sessionsPurgeSchedule } from "./features/identity/sessions/job.ts";
import { lensSchedules } from "./features/lens/daily/job.ts";
import { meteringSchedules } from "./features/metering/job.ts";
import { quotaSchedules } from "./features/quota/job.ts";
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
  ...meteringSchedules,
  ...lensSchedules,
  ...quotaSchedules,
];

/** The jobs that take away what is over: tokens, counters, sessions. */
export function housekeeping(db: Database): JobHandler[] {
  return [purgeIdentityJob(db), purgeSessionsJob(db)];
}
