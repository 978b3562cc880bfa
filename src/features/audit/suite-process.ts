import { systemClock } from "../../kernel/clock.ts";
import { openPostgres } from "../../platform/database/postgres/open.ts";
import { openSqlite } from "../../platform/database/sqlite/open.ts";
import { openAudit } from "./service.ts";
import { keyring, rememberingLogger, tagMove, user, writerEntry } from "./suite-parts.ts";

/**
 * A process that the suite starts, and may kill: appends `count` entries, or without end, eight at
 * a time, and names each on stdout once it is acknowledged.
 */
const [url = "", file = "", name = "", count = "0"] = process.argv.slice(2);
const db = await (url === ""
  ? openSqlite({ file, writerEntry })
  : openPostgres({ url, connections: 4 }));
const audit = await openAudit({
  db,
  clock: systemClock,
  keyring,
  logger: rememberingLogger(),
  settings: { pulls: "gathered" },
});
const most = Number(count) === 0 ? Number.POSITIVE_INFINITY : Number(count) / 8;
await Promise.all(
  Array.from({ length: 8 }, async (_, lane) => {
    for (let turn = 0; turn < most; turn++) {
      const tag = `${name}-${lane}-${turn}`;
      await audit.append(user(`user-${turn % 3}`), [tagMove(tag)]);
      process.stdout.write(`${tag}\n`);
    }
  }),
);
await audit.close();
await db.close();
