import type { Database } from "./port.ts";
import { openPostgres } from "./postgres/open.ts";
import { openSqlite } from "./sqlite/open.ts";
import { putSetting } from "./suite-procedures.ts";

/**
 * A process that the suite starts, and may kill: `open` opens the database and ends; `commit`
 * commits without end, sixteen at a time, and names each row on stdout once it is acknowledged.
 */
const [verb, url, file] = process.argv.slice(2);

function open(): Promise<Database> {
  if (url !== undefined && url !== "") return openPostgres({ url, connections: 4 });
  const writerEntry = new URL("./suite-writer.ts", import.meta.url);
  return openSqlite({ file: file ?? "", writerEntry });
}

const db = await open();
if (verb === "open") {
  await db.probe();
  await db.close();
} else {
  await Promise.all(
    Array.from({ length: 16 }, async (_, lane) => {
      for (let turn = 0; ; turn++) {
        const name = `${lane}-${turn}`;
        await db.write(putSetting, { name, value: name });
        process.stdout.write(`${name}\n`);
      }
    }),
  );
}
