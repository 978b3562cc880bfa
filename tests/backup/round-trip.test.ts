import { Database as Connection } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { writePack } from "../../src/features/backup/folder/pack.ts";
import { Snapshots } from "../../src/features/backup/folder/snapshots.ts";
import {
  BLOBS_FILE,
  DAMAGED_FILE,
  FORMAT,
  type Snapshot,
} from "../../src/features/backup/format.ts";
import { dumpTables } from "../../src/features/backup/make/dump.ts";
import { loadTables } from "../../src/features/backup/restore/load.ts";
import { openSnapshot } from "../../src/features/backup/restore/opened.ts";
import { LEFT_OUT, type Value } from "../../src/features/backup/rules.ts";
import { newId } from "../../src/kernel/ids.ts";
import { type Filling, putRows } from "../../src/platform/database/filling.ts";
import { knownSteps, migrate } from "../../src/platform/database/migrate.ts";
import { fillPostgres } from "../../src/platform/database/postgres/fill.ts";
import { fillSqlite } from "../../src/platform/database/sqlite/fill.ts";
import { describeTables } from "../../src/platform/database/tables.ts";
import { type FreshDatabase, freshDatabase, openFresh, testServer } from "../support/database.ts";
import { digestOf } from "../support/images.ts";
import { backupFolder, freshSqlite } from "./bench.ts";

/** A column as SQLite tells of it, with where its value must come from. */
interface ColumnFacts {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
}

interface TableFacts {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly ColumnFacts[];
  /** Columns that must be those of one row of another table, together. */
  readonly references: readonly { readonly table: string; readonly pairs: [string, string][] }[];
}

let folder: Awaited<ReturnType<typeof backupFolder>>;

beforeEach(async () => {
  folder = await backupFolder();
});

afterEach(() => folder.drop());

/** Every table that a snapshot has, in the order in which rows can be put in. */
async function facts(): Promise<TableFacts[]> {
  const fresh = await freshSqlite();
  const db = await openFresh(fresh);
  const shapes = await db.snapshot((view) => describeTables(view, db.engine));
  await db.close();
  const file = new Connection(join(fresh.folder, "entrepot.sqlite"));
  const found = shapes
    .filter(({ name }) => !LEFT_OUT.has(name))
    .map(({ name, key }) => {
      const columns = file
        .query<{ name: string; type: string; notnull: number; pk: number }, []>(
          `select * from pragma_table_info('${name}')`,
        )
        .all()
        .map((column) => ({
          name: column.name,
          type: column.type.toLowerCase(),
          isNullable: column.notnull === 0 && column.pk === 0,
        }));
      const keys = file
        .query<{ id: number; table: string; from: string; to: string }, []>(
          `select * from pragma_foreign_key_list('${name}')`,
        )
        .all();
      const references = [...new Set(keys.map(({ id }) => id))].map((id) => ({
        table: keys.find((key) => key.id === id)?.table ?? "",
        pairs: keys
          .filter((key) => key.id === id)
          .map(({ from, to }): [string, string] => [from, to]),
      }));
      return { name, key, columns, references };
    });
  file.close();
  await fresh.drop();
  return found;
}

type Row = Record<string, Value>;

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom("", "\n\r\t\\\"'", "\u2028", "{}", "\u{1f433}"),
);

/** Rows of every table; texts are unique where they can be, since an index may want them to be. */
function rowsOf(tables: readonly TableFacts[]): fc.Arbitrary<Map<string, Row[]>> {
  return fc.gen().map((gen) => {
    const all = new Map<string, Row[]>();
    let count = 0;
    for (const { name, key, columns, references } of tables) {
      const rows: Row[] = [];
      const many = gen(fc.integer, { min: 1, max: 4 });
      for (let at = 0; at < many; at++) {
        count += 1;
        const row: Row = {};
        for (const column of columns) {
          if (column.isNullable && gen(fc.boolean)) row[column.name] = null;
          else if (column.type === "text") {
            row[column.name] = `${gen(() => text).replaceAll("\0", "")}${count}`;
          } else if (column.type === "blob") row[column.name] = gen(fc.uint8Array);
          // Keys of rows are numbers in some tables: they must differ.
          else row[column.name] = gen(fc.integer, { min: 0, max: 2 ** 40 }) * 4_096 + count;
        }
        for (const { table, pairs } of references) {
          const parents = all.get(table) ?? [];
          const parent = parents[gen(fc.nat, { max: Math.max(0, parents.length - 1) })];
          for (const [from, to] of pairs) if (row[from] !== null) row[from] = parent?.[to] ?? null;
        }
        if (name === "blobs") {
          // What a restore looks at.
          row.digest = digestOf(new TextEncoder().encode(String(count)));
          row.state = gen(fc.boolean) ? "live" : "reclaiming";
        }
        rows.push(row);
      }
      all.set(name, distinct(key, rows));
    }
    return all;
  });
}

/** One row of each key: where a key only refers to others, chance may give it twice. */
function distinct(key: readonly string[], rows: readonly Row[]): Row[] {
  const byKey = new Map(rows.map((row) => [key.map((column) => row[column]).join("\0"), row]));
  return [...byKey.values()];
}

async function fill(into: FreshDatabase): Promise<Filling> {
  return into.url === ""
    ? await fillSqlite(join(into.folder, "entrepot.sqlite"))
    : await fillPostgres(into.url);
}

async function dumped(database: FreshDatabase, id: string) {
  const db = await openFresh(database);
  const root = new Snapshots(folder.path).folderOf(id);
  await mkdir(root, { recursive: true });
  const { signal } = new AbortController();
  const all = await dumpTables(db, root, signal, () => {});
  await db.close();
  return { ...all, engine: db.engine, root };
}

/** From which engine to which. */
interface Way {
  readonly from: () => Promise<FreshDatabase>;
  readonly to: () => Promise<FreshDatabase>;
}

const ways: readonly (readonly [string, Way])[] =
  testServer === undefined
    ? [["SQLite into SQLite", { from: freshSqlite, to: freshSqlite }]]
    : [
        ["PostgreSQL into PostgreSQL", { from: freshDatabase, to: freshDatabase }],
        ["PostgreSQL into SQLite", { from: freshDatabase, to: freshSqlite }],
        ["SQLite into PostgreSQL", { from: freshSqlite, to: freshDatabase }],
      ];

/** Dumps a database, restores that into another one, and dumps it again. */
async function there(rows: Map<string, Row[]>, { from, to }: Way, at: number) {
  const [source, into] = [await from(), await to()];
  try {
    const filling = await fill(source);
    await migrate(filling.db, filling.engine, knownSteps);
    for (const [table, all] of rows) {
      const columns = Object.keys(all[0] ?? {});
      const values = all.map((row) => columns.map((column) => row[column] ?? null));
      await putRows(filling.db, table, columns, values);
    }
    await filling.commit();
    const id = newId(at * 1_000);
    const { tables, files, steps, engine, root } = await dumped(source, id);
    const blobs = (rows.get("blobs") ?? []).map((row) => String(row.digest)).sort(inBytes);
    const lists = [];
    for (const [path, lines] of [
      [BLOBS_FILE, blobs.map((digest) => JSON.stringify([digest, 1]))],
      [DAMAGED_FILE, []],
    ] as const) {
      const { size, sha256 } = await writePack(join(root, path), lazily(lines));
      lists.push({ path, size, sha256 });
    }
    const none = { blobs: 0, bytes: 0 };
    const snapshot: Snapshot = {
      ...{ format: FORMAT, id, engine, steps: [...steps], takenAt: 1, finishedAt: 1 },
      ...{ tables, files: [...files, ...lists], content: none, copied: none },
      ...{ damaged: { count: 0, first: [] }, program: { version: "1", commit: "c" } },
    };
    await new Snapshots(folder.path).complete(snapshot);
    const locations = new Map(
      (rows.get("blobs") ?? []).map((row) => [String(row.digest), String(row.location)]),
    );
    const opened = await openSnapshot(folder.path, id);
    const again = await fill(into);
    await loadTables(again, opened, {
      place: (digest) => ({ location: locations.get(digest) ?? "", isThere: true }),
      progress: () => {},
    });
    await again.commit();
    const after = await dumped(into, newId(at * 1_000));
    return { before: { tables, files, steps }, after };
  } finally {
    await source.drop();
    await into.drop();
  }
}

async function* lazily(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

/** As both engines order texts. */
function inBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

test.each(ways)(
  "any rows of every table, restored from %s, are there again",
  async (_, way) => {
    const tables = await facts();
    expect(tables.length).toBeGreaterThan(30);
    let at = 0;
    await fc.assert(
      fc.asyncProperty(rowsOf(tables), async (rows) => {
        at += 1;
        const { before, after } = await there(rows, way, at);
        for (const [table, all] of rows) {
          const found = before.tables.find(({ name }) => name === table);
          // The steps of the schema put in rows of their own.
          expect(`${table} ${(found?.rows ?? 0) >= all.length}`).toBe(`${table} true`);
        }
        expect(after.steps).toEqual(before.steps);
        expect(after.tables).toEqual(before.tables);
        expect(after.files).toEqual(before.files);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  },
  120_000,
);
