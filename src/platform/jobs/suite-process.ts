import { systemClock } from "../../kernel/clock.ts";
import type { Database } from "../database/port.ts";
import { openPostgres } from "../database/postgres/open.ts";
import { openSqlite } from "../database/sqlite/open.ts";
import { relayThenDie } from "./suite-procedures.ts";
import { JobsWorker } from "./worker/worker.ts";

/**
 * A node that the suite starts as a process of its own and that is killed: `work` runs a job of
 * the kind `endless` without ever ending it, `relay` dies inside the relay's transaction.
 */
const [verb, url, file] = process.argv.slice(2);

function open(): Promise<Database> {
  if (url !== undefined && url !== "") return openPostgres({ url, connections: 4 });
  const writerEntry = new URL("./suite-writer.ts", import.meta.url);
  return openSqlite({ file: file ?? "", writerEntry });
}

const db = await open();
if (verb === "relay") {
  const routes = [{ name: "first", kinds: ["project.created"] }];
  await db.write(relayThenDie, { routes, limit: 10, now: Date.now() });
} else {
  const worker = new JobsWorker({
    db,
    clock: systemClock,
    node: "doomed",
    concurrency: 2,
    timing: { leaseMs: 600, heartbeatMs: 100, newsMs: 20 },
    pollMs: 50,
    onFault: (where, error) => process.stderr.write(`${where}: ${error}\n`),
    handlers: [
      {
        kind: "endless",
        async run(_payload, context) {
          context.log("info", "began in the doomed process");
          process.stdout.write("running\n");
          await new Promise(() => {});
        },
      },
    ],
  });
  await worker.start();
}
