import { runWriter } from "./platform/database/sqlite/writer-role.ts";
import { procedures } from "./procedures.ts";

// The program of the SQLite writer's thread.
runWriter(procedures);
