import { afterEach, beforeEach, expect, test } from "bun:test";
import { join } from "node:path";
import type { Filling } from "../../src/platform/database/filling.ts";
import { putRows } from "../../src/platform/database/filling.ts";
import { knownSteps, migrate } from "../../src/platform/database/migrate.ts";
import { fillPostgres } from "../../src/platform/database/postgres/fill.ts";
import { fillSqlite } from "../../src/platform/database/sqlite/fill.ts";
import { type FreshDatabase, freshDatabase, openFresh } from "../support/database.ts";
import { counted, expectBalanced } from "./books.ts";

let fresh: FreshDatabase;
beforeEach(async () => {
  fresh = await freshDatabase();
});
afterEach(() => fresh.drop());

/** The step that counts what is there. */
const COUNTS = "0012-quota";

function begin(): Promise<Filling> {
  return fresh.url === ""
    ? fillSqlite(join(fresh.folder, "entrepot.sqlite"))
    : fillPostgres(fresh.url);
}

/** Two projects that share a blob; one of them has it twice, and something in the trash. */
async function fill(filling: Filling): Promise<void> {
  const put = (table: string, columns: string[], rows: (string | number | null)[][]) =>
    putRows(filling.db, table, columns, rows);
  await put(
    "projects",
    ["id", "name", "created_at"],
    ["p1", "p2", "p3"].map((id) => [id, `name-${id}`, 1]),
  );
  await put(
    "repositories",
    ["id", "project_id", "name", "created_at", "deleted_at"],
    [
      ["r1", "p1", "name-p1/a", 1, null],
      ["r2", "p1", "name-p1/b", 1, 5],
      ["r3", "p2", "name-p2/a", 1, null],
    ],
  );
  await put(
    "blobs",
    ["digest", "size", "location", "state", "created_at", "last_touched"],
    [10, 200, 3_000].map((size) => [`sha256:${size}`, size, `at-${size}`, "live", 1, 1]),
  );
  await put(
    "repository_blobs",
    ["repository_id", "digest", "linked_at"],
    [
      ["r1", "sha256:10", 1],
      ["r2", "sha256:10", 1],
      ["r2", "sha256:200", 1],
      ["r3", "sha256:10", 1],
      ["r3", "sha256:3000", 1],
    ],
  );
  const manifest = (repository: string, size: number, deleted: number | null) => [
    repository,
    `sha256:m${size}`,
    "application/vnd.oci.image.manifest.v1+json",
    size,
    "{}",
    1,
    "somebody",
    deleted,
  ];
  await put(
    "manifests",
    [
      "repository_id",
      "digest",
      "media_type",
      "size",
      "payload",
      "pushed_at",
      "pushed_by",
      "deleted_at",
    ],
    [manifest("r1", 7, null), manifest("r2", 7, null), manifest("r1", 8, 5)],
  );
}

test("what was stored before there were quotas is counted by the upgrade", async () => {
  const before = knownSteps.slice(0, knownSteps.indexOf(COUNTS));
  expect(before.length).toBeGreaterThan(5);
  const filling = await begin();
  await migrate(filling.db, filling.engine, before);
  await fill(filling);
  await filling.commit();
  const db = await openFresh(fresh);
  try {
    await expectBalanced(db);
    expect(Object.fromEntries(await counted(db))).toEqual({
      p1: 10 + 200 + 7 + 7 + 8,
      p2: 10 + 3_000,
      p3: 0,
    });
    const links = await db.read
      .selectFrom("quota_blobs")
      .select(["project_id", "links"])
      .where("digest", "=", "sha256:10")
      .orderBy("project_id")
      .execute();
    expect(links).toEqual([
      { project_id: "p1", links: 2 },
      { project_id: "p2", links: 1 },
    ]);
  } finally {
    await db.close();
  }
});
