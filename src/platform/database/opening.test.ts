import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { type FreshDatabase, freshDatabase, testServer } from "../../../tests/support/database.ts";
import type { Database } from "./port.ts";
import { openSuite, settings, startProcess } from "./suite.ts";
import { putSetting } from "./suite-procedures.ts";

let fresh: FreshDatabase;
let open: Database[];

beforeEach(async () => {
  fresh = await freshDatabase();
  open = [];
});

afterEach(async () => {
  for (const db of open) await db.close();
  await fresh.drop();
});

async function opened(): Promise<Database> {
  const db = await openSuite(fresh);
  open.push(db);
  return db;
}

describe("opening", () => {
  test("again keeps the data", async () => {
    const first = await openSuite(fresh);
    await first.write(putSetting, { name: "kept", value: "yes" });
    await first.close();
    expect((await settings(await opened())).get("kept")).toBe("yes");
  });

  test("a database of a newer version is refused, with the names of its steps", async () => {
    const first = await openSuite(fresh);
    await first.close();
    await withRawWrite(
      "insert into kysely_migration (name, timestamp) values ('9999-future', '2999-01-01')",
    );
    await expect(openSuite(fresh)).rejects.toMatchObject({
      code: "database.newer",
      details: { steps: ["9999-future"] },
    });
  });

  test("by four processes at once migrates once, and all of them get in", async () => {
    const processes = Array.from({ length: 4 }, () => startProcess(fresh, "open"));
    const ends = await Promise.all(
      processes.map(async (each) => ({
        code: await each.exited,
        words: await new Response(each.stderr).text(),
      })),
    );
    expect(ends).toEqual(ends.map(() => ({ code: 0, words: "" })));
    const db = await opened();
    const { rows } = await sql`select name from kysely_migration order by name`.execute(db.read);
    expect(rows.length).toBeGreaterThanOrEqual(2);
    await db.probe();
  });

  test("while another process has it open gives both the same data", async () => {
    const first = await opened();
    const second = startProcess(fresh, "open");
    expect(await second.exited).toBe(0);
    await first.write(putSetting, { name: "shared", value: "yes" });
    expect((await settings(await opened())).get("shared")).toBe("yes");
  });

  test("an upgrade that fails half-way leaves nothing behind and can be tried again", async () => {
    if (testServer === undefined) await withRawWrite("pragma journal_mode = wal");
    await withRawWrite("create table job_schedules (taken text)");
    await expect(openSuite(fresh)).rejects.toThrow("job_schedules");
    await withRawWrite("drop table job_schedules");
    const db = await opened();
    await db.write(putSetting, { name: "works", value: "yes" });
  });

  test("a reader cannot write to SQLite", async () => {
    const db = await opened();
    if (db.engine !== "sqlite") return;
    await expect(
      db.read.insertInto("settings").values({ name: "sneaked", value: "in" }).execute(),
    ).rejects.toThrow("readonly");
    expect((await settings(db)).has("sneaked")).toBe(false);
  });
});

test("a process killed while it commits loses nothing that was acknowledged", async () => {
  const child = startProcess(fresh, "commit");
  const acknowledged: string[] = [];
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    acknowledged.push(...lines);
    if (acknowledged.length > 500) child.kill("SIGKILL");
  }
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  const db = await opened();
  const stored = await settings(db);
  expect(acknowledged.filter((name) => stored.get(name) !== name)).toEqual([]);
  // What was under way may have got in or not, but nothing else.
  expect(stored.size).toBeLessThanOrEqual(acknowledged.length + 32 + 16 * 500);
  await db.write(putSetting, { name: "goes on", value: "1" });
}, 30_000);

/** Runs a statement past the port, as another program would. */
async function withRawWrite(statement: string): Promise<void> {
  if (testServer === undefined) {
    const { Database: Connection } = await import("bun:sqlite");
    const connection = new Connection(`${fresh.folder}/entrepot.sqlite`);
    connection.run(statement);
    connection.close();
    return;
  }
  const { SQL } = await import("bun");
  const connection = new SQL({ url: fresh.url, max: 1 });
  await connection.unsafe(statement);
  await connection.close();
}
