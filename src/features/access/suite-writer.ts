import { runWriter } from "../../platform/database/sqlite/writer-role.ts";
import { accessSuiteProcedures } from "./suite-procedures.ts";

runWriter(accessSuiteProcedures);
