import { accessProcedures } from "./features/access/procedures.ts";
import { auditProcedures } from "./features/audit/store/procedures.ts";
import { contentProcedures } from "./features/content/service.ts";
import { idempotencyProcedures } from "./features/idempotency/store.ts";
import { identityProcedures } from "./features/identity/procedures.ts";
import { provisionProcedures } from "./features/identity/providers/provision/store/provision.ts";
import { sessionProcedures } from "./features/identity/sessions/procedures.ts";
import { insightProcedures } from "./features/insight/service.ts";
import { visibleJobProcedures } from "./features/jobs/store.ts";
import { limitProcedures } from "./features/limits/store.ts";
import { meteringProcedures } from "./features/metering/store/purge.ts";
import { personalProcedures } from "./features/personal/store.ts";
import { registryTokenProcedures } from "./features/registry-tokens/keys/store.ts";
import { retentionProcedures } from "./features/retention/service.ts";
import { searchProcedures } from "./features/search/store/write.ts";
import { trashProcedures } from "./features/trash/service.ts";
import { workloadProcedures } from "./features/workload/trust/store.ts";
import type { AnyProcedure } from "./platform/database/port.ts";
import { jobProcedures } from "./platform/jobs/procedures.ts";

/** Every write transaction of the program: all that the SQLite writer will run. */
export const procedures: readonly AnyProcedure[] = [
  ...accessProcedures,
  ...auditProcedures,
  ...contentProcedures,
  ...idempotencyProcedures,
  ...identityProcedures,
  ...provisionProcedures,
  ...sessionProcedures,
  ...insightProcedures,
  ...limitProcedures,
  ...meteringProcedures,
  ...personalProcedures,
  ...registryTokenProcedures,
  ...retentionProcedures,
  ...searchProcedures,
  ...trashProcedures,
  ...workloadProcedures,
  ...jobProcedures,
  ...visibleJobProcedures,
];
