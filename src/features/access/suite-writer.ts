import { runWriter } from "../../platform/database/sqlite/writer-role.ts";
import { repositoryGains } from "../content/objections.ts";
import { projectGains, projectLosses } from "../projects/objections.ts";
import { accessSuiteProcedures } from "./suite-procedures.ts";

projectGains.plug();
projectLosses.plug();
repositoryGains.plug();
runWriter(accessSuiteProcedures);
