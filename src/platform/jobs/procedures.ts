import type { AnyProcedure } from "../database/port.ts";
import { cancelJob, purgeJobs } from "./history/store.ts";
import { reapLeases, reportJob, settleJob } from "./leases/store.ts";
import { outboxProcedures } from "./outbox/store.ts";
import { claimJobs, enqueueJob } from "./queue/store.ts";
import { scheduleProcedures } from "./schedules/store.ts";

/** Every write transaction of the jobs: the program registers them with its writer. */
export const jobProcedures: readonly AnyProcedure[] = [
  enqueueJob,
  claimJobs,
  reportJob,
  settleJob,
  reapLeases,
  cancelJob,
  purgeJobs,
  ...scheduleProcedures,
  ...outboxProcedures,
];
