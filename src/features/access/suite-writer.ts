import { runWriter } from "../../platform/database/sqlite/writer-role.ts";
import { projectLosses } from "../projects/objections.ts";
import { accessSuiteProcedures } from "./suite-procedures.ts";

projectLosses.plug();
runWriter(accessSuiteProcedures);
