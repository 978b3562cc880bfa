import { runWriter } from "../database/sqlite/writer-role.ts";
import { jobSuiteProcedures } from "./suite-procedures.ts";

runWriter(jobSuiteProcedures);
