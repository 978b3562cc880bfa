import { contentProcedures } from "./features/content/service.ts";
import { identityProcedures } from "./features/identity/store.ts";
import type { AnyProcedure } from "./platform/database/port.ts";
import { jobProcedures } from "./platform/jobs/procedures.ts";

/** Every write transaction of the program: all that the SQLite writer will run. */
export const procedures: readonly AnyProcedure[] = [
  ...contentProcedures,
  ...identityProcedures,
  ...jobProcedures,
];
