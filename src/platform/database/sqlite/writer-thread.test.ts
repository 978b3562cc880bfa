import { expect, test } from "bun:test";
import { mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, sql } from "kysely";
import { migrate } from "../migrate.ts";
import { procedure } from "../port.ts";
import type { Schema } from "../schema/schema.ts";
import { putSetting, suiteProcedures } from "../suite-procedures.ts";
import { connect } from "./connection.ts";
import { BunSqliteDialect } from "./dialect.ts";
import type { Reply } from "./messages.ts";
import { openSqlite } from "./open.ts";
import { WriterThread } from "./writer-thread.ts";

/** Takes the transaction from under its group, as an I/O error does. */
const endTransaction = procedure("test.end", async (tx) => {
  await sql`commit`.execute(tx);
});

test("a writer whose database cannot be opened anew fails each call, and recovers by itself", async () => {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-writer-"));
  const file = join(folder, "db.sqlite");
  const first = connect(file, "write");
  await migrate(new Kysely<Schema>({ dialect: new BunSqliteDialect(first) }), "sqlite");
  first.close();
  let tell: (replies: Reply[]) => void = () => {};
  const writer = new WriterThread(file, [...suiteProcedures, endTransaction], (replies) =>
    tell(replies),
  );
  const write = (name: string) =>
    new Promise<Reply[]>((resolve) => {
      tell = resolve;
      writer.enqueue([{ id: 1, name, args: { name: "a", value: "b" } }]);
    });
  const refused = [{ error: { code: "service.database_unavailable" } }];
  try {
    expect(await write(endTransaction.name)).toMatchObject(refused);
    await rename(folder, `${folder}-hidden`);
    expect(await write(putSetting.name)).toMatchObject(refused);
    await rename(`${folder}-hidden`, folder);
    expect(await write(putSetting.name)).toMatchObject([{ result: { stored: "b" } }]);
  } finally {
    writer.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test("the database and its companions are for their owner alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-modes-"));
  const entry = new URL("../suite-writer.ts", import.meta.url);
  const db = await openSqlite({ file: join(folder, "db.sqlite"), writerEntry: entry });
  try {
    await db.write(putSetting, { name: "a", value: "b" });
    for (const name of await readdir(folder)) {
      expect([name, (await stat(join(folder, name))).mode & 0o077]).toEqual([name, 0]);
    }
  } finally {
    await db.close();
    await rm(folder, { recursive: true, force: true });
  }
});
