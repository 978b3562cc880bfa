import { runWriter } from "./sqlite/writer-role.ts";
import { suiteProcedures } from "./suite-procedures.ts";

runWriter(suiteProcedures);
