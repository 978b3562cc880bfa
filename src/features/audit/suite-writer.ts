import { runWriter } from "../../platform/database/sqlite/writer-role.ts";
import { auditProcedures } from "./store/procedures.ts";
import { suiteProcedures } from "./suite-procedures.ts";

runWriter([...auditProcedures, ...suiteProcedures]);
