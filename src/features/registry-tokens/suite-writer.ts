import { runWriter } from "../../platform/database/sqlite/writer-role.ts";
import { suiteProcedures } from "./suite-procedures.ts";

runWriter(suiteProcedures);
