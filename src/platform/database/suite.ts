import { join } from "node:path";
import { type FreshDatabase, openFresh } from "../../../tests/support/database.ts";
import type { Database } from "./port.ts";

const writerEntry = new URL("./suite-writer.ts", import.meta.url);
const program = new URL("./suite-process.ts", import.meta.url).pathname;

/** Opens a database with the suite's own procedures. */
export function openSuite(fresh: FreshDatabase): Promise<Database> {
  return openFresh(fresh, writerEntry);
}

/** Starts another process on the same database; see `suite-process.ts`. */
export function startProcess(fresh: FreshDatabase, verb: "open" | "commit") {
  const file = join(fresh.folder, "entrepot.sqlite");
  return Bun.spawn([process.execPath, program, verb, fresh.url, file], {
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Everything in `settings`. */
export async function settings(db: Database): Promise<Map<string, string>> {
  const rows = await db.read.selectFrom("settings").selectAll().execute();
  return new Map(rows.map((row) => [row.name, row.value]));
}
