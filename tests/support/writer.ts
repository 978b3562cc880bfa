import { runWriter } from "../../src/platform/database/sqlite/writer-role.ts";
import { procedures } from "../../src/procedures.ts";
import { addAccount } from "./accounts.ts";
import { deleteRows, insertRows, stampRow, updateRows } from "./rows.ts";

// The writer's thread of the program, which can do what tests need besides.
runWriter([...procedures, addAccount, deleteRows, insertRows, stampRow, updateRows]);
