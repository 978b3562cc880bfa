import { runWriter } from "../../platform/database/sqlite/writer-role.ts";
import { accessProcedures } from "../access/procedures.ts";
import { auditProcedures } from "../audit/store/procedures.ts";
import { identityProcedures } from "../identity/procedures.ts";
import { projectGains, projectLosses } from "../projects/objections.ts";
import { registryTokenProcedures } from "./keys/store.ts";

projectGains.plug();
projectLosses.plug();
runWriter([
  ...accessProcedures,
  ...auditProcedures,
  ...identityProcedures,
  ...registryTokenProcedures,
]);
