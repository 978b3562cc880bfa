import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { sweepDeleted } from "../../src/features/reclaim/store/deleted.ts";
import type { Database } from "../../src/platform/database/port.ts";
import { openFresh } from "../support/database.ts";
import { piece, pushImage } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { OF_REPOSITORIES } from "./bench.ts";

let registry: TestRegistry;
let db: Database;

beforeAll(async () => {
  registry = await startRegistry({
    projects: [{ name: "team" }, { name: "lost" }],
    settings: { "reclaim.grace": "1s", "reclaim.pace": 10_000 },
  });
  db = await openFresh(registry.database, new URL("../support/writer.ts", import.meta.url));
});

afterAll(async () => {
  await db.close();
  await registry.close();
});

/** Looks until it is so; a test that waits for ever is ended by its own time. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await Bun.sleep(20);
}

async function storedFiles(): Promise<string[]> {
  const folder = join(registry.folder, "storage", "blobs");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Rows of a repository that is gone, by their tables. */
async function leftOf(id: string): Promise<Record<string, number>> {
  const left: Record<string, number> = {};
  for (const table of OF_REPOSITORIES) {
    const rows = await db.read
      .selectFrom(table)
      .select("repository_id")
      .where("repository_id", "=", id)
      .execute();
    if (rows.length > 0) left[table] = rows.length;
  }
  return left;
}

async function idOf(name: string): Promise<string> {
  const row = await db.read
    .selectFrom("repositories")
    .select("id")
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  return row.id;
}

async function isThere(id: string): Promise<boolean> {
  const row = await db.read
    .selectFrom("repositories")
    .select("id")
    .where("id", "=", id)
    .executeTakeFirst();
  return row !== undefined;
}

async function searched(id: string): Promise<number> {
  const rows = await db.read
    .selectFrom("search_repositories")
    .select("number")
    .where("repository_id", "=", id)
    .execute();
  return rows.length;
}

test("a repository that was let go leaves nothing; what others share with it stays", async () => {
  const { admin } = registry;
  const shared = piece("a layer of both");
  const own = piece("a layer of one");
  await pushImage(admin, "team/kept", "1", [shared]);
  for (const tag of ["1", "2", "3"]) {
    await pushImage(admin, "team/gone", tag, [shared, own, piece(`layer of ${tag}`)]);
  }
  (await admin.post("/v2/team/gone/blobs/uploads/")).expect(202);
  const id = await idOf("team/gone");
  await until(async () => (await searched(id)) > 0);
  (await admin.delete("/api/v1/projects/team/repositories/gone")).expect(204);
  const at = "/api/v1/projects/team/deleted-repositories";
  // Nothing goes while it can be had back.
  (await admin.post(`${at}/${id}/restore`)).expect(204);
  (await admin.get("/v2/team/gone/manifests/3")).expect(200);
  (await admin.delete("/api/v1/projects/team/repositories/gone")).expect(204);
  (await admin.delete(`${at}/${id}`)).expect(204);
  await until(async () => !(await isThere(id)));
  expect(await leftOf(id)).toEqual({});
  // The config and the layer that the other repository holds.
  await until(async () => (await storedFiles()).length === 2);
  (await admin.get("/v2/team/kept/manifests/1")).expect(200);
  (await admin.get(`/v2/team/kept/blobs/${shared.digest}`)).expect(200);
  await until(async () => (await searched(id)) === 0);
}, 60_000);

test("a project that was let go takes its repositories with it", async () => {
  const { admin } = registry;
  await pushImage(admin, "lost/a", "1", [piece("a")]);
  await pushImage(admin, "lost/b", "1", [piece("b")]);
  const ids = [await idOf("lost/a"), await idOf("lost/b")];
  const gone = await admin.delete("/api/v1/projects/lost");
  const { id } = JSON.parse(gone.expect(200).text);
  (await admin.delete(`/api/v1/deleted-projects/${id}`)).expect(204);
  for (const each of ids) await until(async () => !(await isThere(each)));
  for (const each of ids) expect(await leftOf(each)).toEqual({});
}, 60_000);

test("from the first step on, neither a repository nor its project comes back in part", async () => {
  const { admin } = registry;
  const json = { "content-type": "application/json" };
  const body = JSON.stringify({ name: "over" });
  (await admin.post("/api/v1/projects", { headers: json, body })).expect(201);
  await pushImage(admin, "over/a", "1", [piece("over")]);
  await pushImage(admin, "over/b", "1", [piece("over")]);
  const gone = await admin.delete("/api/v1/projects/over");
  const { id } = JSON.parse(gone.expect(200).text);
  const args = { now: Date.now() + 1, keep: 0, grace: 1, principal: "system" };
  expect(await db.write(sweepDeleted, args)).toBeGreaterThan(0);
  const refused = await admin.post(`/api/v1/deleted-projects/${id}/restore`);
  expect(JSON.parse(refused.expect(404).text).code).toBe("project.unknown");
}, 60_000);
