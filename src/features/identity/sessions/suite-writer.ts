import { runWriter } from "../../../platform/database/sqlite/writer-role.ts";
import { sessionProcedures } from "./procedures.ts";
import { suiteProcedures } from "./suite-procedures.ts";

runWriter([...sessionProcedures, ...suiteProcedures]);
