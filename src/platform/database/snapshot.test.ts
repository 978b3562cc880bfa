import { afterEach, beforeEach, expect, test } from "bun:test";
import { type FreshDatabase, freshDatabase } from "../../../tests/support/database.ts";
import type { Database } from "./port.ts";
import { openSuite } from "./suite.ts";
import { putBlob, putSetting } from "./suite-procedures.ts";
import { describeTables } from "./tables.ts";

let fresh: FreshDatabase;
let db: Database;

beforeEach(async () => {
  fresh = await freshDatabase();
  db = await openSuite(fresh);
});

afterEach(async () => {
  await db.close();
  await fresh.drop();
});

test("a snapshot is of one moment, whatever is written while it is read", async () => {
  await db.write(putSetting, { name: "suite", value: "before" });
  const seen = await db.snapshot(async (view) => {
    const value = async () => {
      const rows = await view
        .selectFrom("settings")
        .selectAll()
        .where("name", "=", "suite")
        .execute();
      return rows.map((row) => row.value);
    };
    const blobs = async () => (await view.selectFrom("blobs").selectAll().execute()).length;
    const first = [await value(), await blobs()];
    await db.write(putSetting, { name: "suite", value: "after" });
    await db.write(putBlob, { digest: "d", size: 1 });
    return [first, [await value(), await blobs()]];
  });
  expect(seen).toEqual([
    [["before"], 0],
    [["before"], 0],
  ]);
  // One that begins later sees what was written.
  const later = await db.snapshot((view) => view.selectFrom("blobs").selectAll().execute());
  expect(later).toHaveLength(1);
});

test("the first look may come long after the beginning: the moment is that of the beginning", async () => {
  const seen = await db.snapshot(async (view) => {
    await db.write(putBlob, { digest: "d", size: 1 });
    return (await view.selectFrom("blobs").selectAll().execute()).length;
  });
  expect(seen).toBe(0);
});

test("a snapshot cannot write, and what its work throws comes out of it", async () => {
  await expect(
    db.snapshot((view) => view.insertInto("settings").values({ name: "a", value: "b" }).execute()),
  ).rejects.toThrow();
  await expect(
    db.snapshot(async () => {
      throw new TypeError("a mistake of ours");
    }),
  ).rejects.toThrow("a mistake of ours");
  expect(
    await db.read.selectFrom("settings").selectAll().where("name", "=", "a").execute(),
  ).toEqual([]);
});

test("every table is described, with a primary key, after those that it refers to", async () => {
  const shapes = await db.snapshot((view) => describeTables(view, db.engine));
  const known = await db.read.introspection.getTables();
  expect(shapes.map(({ name }) => name).sort()).toEqual(known.map(({ name }) => name).sort());
  const seen = new Set<string>();
  for (const { name, columns, key, needs } of shapes) {
    expect(`${name} ${key.length > 0}`).toBe(`${name} true`);
    expect(key.every((column) => columns.includes(column))).toBe(true);
    expect({ name, missing: needs.filter((each) => !seen.has(each)) }).toEqual({
      name,
      missing: [],
    });
    seen.add(name);
  }
  const columns = shapes.find(({ name }) => name === "tag_history")?.columns;
  expect(columns).toEqual([
    "id",
    "repository_id",
    "name",
    "from_manifest",
    "to_manifest",
    "at",
    "by",
  ]);
});
