import { runWriter } from "../../platform/database/sqlite/writer-role.ts";
import { accessProcedures } from "../access/procedures.ts";
import { auditProcedures } from "../audit/store/procedures.ts";
import { identityProcedures } from "../identity/procedures.ts";
import { registryTokenProcedures } from "./keys/store.ts";

runWriter([
  ...accessProcedures,
  ...auditProcedures,
  ...identityProcedures,
  ...registryTokenProcedures,
]);
