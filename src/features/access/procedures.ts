import { projectProcedures } from "../projects/store-write.ts";
import { bindingProcedures } from "./store/bindings.ts";
import { roleProcedures } from "./store/roles.ts";

/** The write transactions of projects, roles and bindings. */
export const accessProcedures = [...projectProcedures, ...roleProcedures, ...bindingProcedures];
