import { runWriter } from "../../platform/database/sqlite/writer-role.ts";
import { identityProcedures } from "./procedures.ts";
import { suiteProcedures } from "./suite-procedures.ts";

runWriter([...identityProcedures, ...suiteProcedures]);
