import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import type { Restored } from "../../src/features/backup/restore/restore.ts";
import type { Report } from "../../src/features/backup/verify/report.ts";
import { restoreBackup, verifyBackup } from "../../src/local-backup.ts";
import { type FreshDatabase, freshDatabase, testServer } from "../support/database.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

/** A folder of its own for backups. */
export async function backupFolder(): Promise<{ path: string; drop(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "entrepot-backup-"));
  return { path, drop: () => rm(path, { recursive: true, force: true }) };
}

/** An empty SQLite, whatever engine is under test. */
export async function freshSqlite(): Promise<FreshDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-test-"));
  return { url: "", folder, drop: () => rm(folder, { recursive: true, force: true }) };
}

/** Where a backup is restored to: the engine under test, and SQLite where that is another. */
export const targets: readonly (readonly [string, () => Promise<FreshDatabase>])[] =
  testServer === undefined
    ? [["SQLite", freshSqlite]]
    : [
        ["PostgreSQL", freshDatabase],
        ["SQLite", freshSqlite],
      ];

/** Restores what is in `from` into an empty database and folder. */
export async function restoreInto(
  from: string,
  into: FreshDatabase,
  snapshot?: string,
): Promise<Restored> {
  const overrides = [
    { name: "data", value: into.folder, origin: "test" },
    { name: "database", value: into.url, origin: "test" },
  ];
  const { config } = loadConfig({ overrides });
  return await restoreBackup(config, { from, snapshot }, () => {});
}

export function verify(from: string, snapshot?: string): Promise<Report> {
  return verifyBackup({ from, snapshot, scratch: undefined }, () => {});
}

interface Job {
  readonly state: string;
  readonly error: string | null;
}

/** Waits for a job that was asked for. */
export async function ended(registry: TestRegistry, id: string): Promise<Job> {
  for (;;) {
    const job = (await registry.admin.get(`/api/v1/jobs/${id}`)).json as Job;
    if (job.state !== "waiting" && job.state !== "running") return job;
    await Bun.sleep(20);
  }
}

/** Makes a backup over REST; gives its id and how the job ended. */
export async function makeBackup(registry: TestRegistry): Promise<{ id: string; job: Job }> {
  const asked = (await registry.admin.post("/api/v1/backups")).json as { job: string };
  const job = await ended(registry, asked.job);
  const list = (await registry.admin.get("/api/v1/backups")).json as { items: { id: string }[] };
  return { id: list.items[0]?.id ?? "", job };
}

/** All content files of a backup. */
export async function contentOf(from: string): Promise<string[]> {
  const found = await readdir(join(from, "content"), { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** A registry that has backups in `path` and reclaims within seconds. */
export function registryWithBackups(path: string): Promise<TestRegistry> {
  return startRegistry({
    settings: {
      "backup.path": path,
      "backup.schedule": "never",
      "reclaim.grace": "15s",
      "trash.keep": "0s",
    },
  });
}
