import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { newId } from "../../src/kernel/ids.ts";
import type { Database } from "../../src/platform/database/port.ts";
import { openPostgres } from "../../src/platform/database/postgres/open.ts";
import { openSqlite } from "../../src/platform/database/sqlite/open.ts";
// PostgreSQL runs write transactions in the process of the test, with all that objects to them.
import "../../src/procedures.ts";

/** The PostgreSQL server to test on; unset means SQLite. The whole suite runs once on each. */
export const testServer = process.env.ENTREPOT_TEST_DATABASE;

/** The program's own writer thread. */
export const writerEntry = new URL("../../src/writer.ts", import.meta.url);

export interface FreshDatabase {
  /** What `database` of the configuration takes: "" for SQLite in `folder`. */
  readonly url: string;
  readonly folder: string;
  drop(): Promise<void>;
}

/** An empty database of its own on the engine under test. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-test-"));
  if (testServer === undefined) {
    return { url: "", folder, drop: () => rm(folder, { recursive: true, force: true }) };
  }
  const name = `test_${newId()}`;
  const admin = new SQL({ url: testServer, max: 1 });
  await admin.unsafe(`create database ${name}`);
  const url = new URL(testServer);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    folder,
    async drop() {
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Opens what `freshDatabase` made; `entry` is the SQLite writer's program. */
export function openFresh(fresh: FreshDatabase, entry: URL = writerEntry): Promise<Database> {
  return fresh.url === ""
    ? openSqlite({ file: join(fresh.folder, "entrepot.sqlite"), writerEntry: entry })
    : openPostgres({ url: fresh.url, connections: 8 });
}
