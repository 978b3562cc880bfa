import { accessProcedures } from "./features/access/procedures.ts";
import { auditProcedures } from "./features/audit/store/procedures.ts";
import { contentProcedures } from "./features/content/service.ts";
import { identityProcedures } from "./features/identity/procedures.ts";
import { sessionProcedures } from "./features/identity/sessions/procedures.ts";
import { limitProcedures } from "./features/limits/store.ts";
import type { AnyProcedure } from "./platform/database/port.ts";
import { jobProcedures } from "./platform/jobs/procedures.ts";

/** Every write transaction of the program: all that the SQLite writer will run. */
export const procedures: readonly AnyProcedure[] = [
  ...accessProcedures,
  ...auditProcedures,
  ...contentProcedures,
  ...identityProcedures,
  ...sessionProcedures,
  ...limitProcedures,
  ...jobProcedures,
];
