import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFile, open, readdir, rm, stat, truncate } from "node:fs/promises";
import { basename, join } from "node:path";
import { newId } from "../../src/kernel/ids.ts";
import { pattern, piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, storageOf, type TestRegistry } from "../support/registry.ts";
import {
  backupFolder,
  contentOf,
  ended,
  freshSqlite,
  makeBackup,
  registryWithBackups,
  restoreInto,
  verify,
} from "./bench.ts";

const layers = [1, 2, 3].map((seed) => piece(pattern(50_000, seed)));

let folder: Awaited<ReturnType<typeof backupFolder>>;
let registry: TestRegistry;
let id: string;
let digest: string;

beforeEach(async () => {
  folder = await backupFolder();
  registry = await registryWithBackups(folder.path);
  ({ digest } = await pushImage(registry.admin, "team/app", "v1", layers));
  const made = await makeBackup(registry);
  expect(made.job.state).toBe("done");
  id = made.id;
});

afterEach(async () => {
  await registry.close();
  await folder.drop();
});

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, "r+");
  const byte = new Uint8Array(1);
  await file.read(byte, 0, 1, at);
  await file.write(new Uint8Array([(byte[0] ?? 0) ^ 4]), 0, 1, at);
  await file.close();
}

/** The file of the second layer in the backup. */
async function layerFile(): Promise<string> {
  const hex = layers[1]?.digest.slice("sha256:".length) ?? "";
  const files = await contentOf(folder.path);
  return files.find((path) => basename(path) === hex) ?? "";
}

describe("a restore drill", () => {
  test("passes for what is whole, and counts what it looked at", async () => {
    const report = await verify(folder.path);
    expect(report).toMatchObject({ verdict: "passed", count: 0, findings: [] });
    expect(report).toMatchObject({ blobs: 4, manifests: 1, tags: 1, snapshot: { id } });
    expect(report.bytes).toBe(3 * 50_000 + 2);
    expect(report.rows).toBeGreaterThan(10);
  });

  const what = () => layers[1]?.digest ?? "";
  test.each([
    ["a flipped bit", "content_changed", (path: string) => flip(path, 12_345)],
    ["a missing file", "content_missing", (path: string) => rm(path)],
    ["a file that is too short", "content_changed", (path: string) => truncate(path, 100)],
    ["a file that is too long", "content_changed", (path: string) => appendFile(path, "x")],
  ] as const)("finds %s, and the image that lacks it", async (_, kind, damage) => {
    await damage(await layerFile());
    const report = await verify(folder.path);
    expect(report.verdict).toBe("failed");
    expect(report.findings).toMatchObject([
      { kind, what: what() },
      { kind: "manifest_incomplete", what: `team/app@${digest}`, detail: what() },
    ]);
  });

  test("finds a bit flipped, and the loss, of every file of the snapshot", async () => {
    const root = join(folder.path, "snapshots", id);
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.name === "snapshot.json") continue;
      const path = join(entry.parentPath, entry.name);
      const what = path.slice(root.length + 1);
      const at = Math.floor((await stat(path)).size / 2);
      await flip(path, at);
      const report = await verify(folder.path);
      expect(report).toMatchObject({
        verdict: "failed",
        findings: [{ kind: "file_changed", what }],
      });
      await flip(path, at);
    }
    await rm(join(root, "tables", "tags.ndjson.gz"));
    expect(await verify(folder.path)).toMatchObject({
      findings: [{ kind: "file_missing", what: "tables/tags.ndjson.gz" }],
    });
  });

  test("over REST keeps its report, and the job fails with what it found", async () => {
    const path = `/api/v1/backups/${id}`;
    const first = (await registry.admin.post(`${path}/verify`)).json as { job: string };
    expect(await ended(registry, first.job)).toMatchObject({ state: "done" });
    await flip(await layerFile(), 7);
    const second = (await registry.admin.post(`${path}/verify`)).json as { job: string };
    expect((await ended(registry, second.job)).error).toContain("2 findings");
    const { drill } = (await registry.admin.get(path)).json as { drill: object };
    expect(drill).toMatchObject({ verdict: "failed", findings: 2, first: [{ what: what() }, {}] });
    const reports = await readdir(join(folder.path, "reports", id));
    expect(reports.filter((name) => name.endsWith(".json"))).toHaveLength(2);
    expect(reports.filter((name) => name.endsWith(".en.md"))).toHaveLength(2);
    expect(reports.filter((name) => name.endsWith(".zh.md"))).toHaveLength(2);
  });
});

describe("a restore", () => {
  test("of a backup with damaged content serves the rest, and refuses that until it is pushed", async () => {
    await flip(await layerFile(), 7);
    const into = await freshSqlite();
    const restored = await restoreInto(folder.path, into);
    expect(restored).toMatchObject({ count: 2, isSealed: true });
    await Bun.write(
      join(into.folder, "secret-key"),
      await Bun.file(join(registry.folder, "secret-key")).text(),
    );
    const elsewhere = await startRegistry({ found: into });
    try {
      const client = elsewhere.as(ADMIN);
      const get = (which: number) => client.get(`/v2/team/app/blobs/${layers[which]?.digest}`);
      expect((await get(0)).status).toBe(200);
      expect((await get(1)).status).toBe(503);
      expect((await client.get("/v2/team/app/manifests/v1")).status).toBe(200);
      await pushImage(client, "team/app", "v1", layers);
      expect((await get(1)).status).toBe(200);
    } finally {
      await elsewhere.close();
    }
  });

  test("is refused where something is, and of what cannot be restored", async () => {
    const into = await freshSqlite();
    const refused = (code: string, snapshot?: string) =>
      expect(restoreInto(folder.path, into, snapshot)).rejects.toMatchObject({ code });
    await refused("backup.unknown", newId());
    await refused("backup.unknown", "../../etc");
    await Bun.write(join(into.folder, "storage", "blobs", "sha256", "x"), "x");
    await refused("backup.not_empty");
    await rm(join(into.folder, "storage"), { recursive: true });
    await flip(join(folder.path, "snapshots", id, "tables", "tags.ndjson.gz"), 5);
    await refused("backup.damaged");
    expect(await readdir(into.folder)).not.toContain("entrepot.sqlite");
    await Bun.write(join(folder.path, "snapshots", id, "snapshot.json"), '{"format":2}');
    await refused("backup.newer", id);
    await Bun.write(join(folder.path, "snapshots", id, "snapshot.json"), "{");
    await refused("backup.unreadable", id);
    await refused("backup.none");
    await into.drop();
  });

  test("into a folder that is in use is refused", async () => {
    const there = { ...registry.database, folder: registry.folder };
    await expect(restoreInto(folder.path, there)).rejects.toMatchObject({
      code: "service.folder_locked",
    });
  });
});

test("content that is damaged at its source is reported, and the rest goes on", async () => {
  const fresh = [4, 5].map((seed) => piece(pattern(60_000, seed)));
  await pushImage(registry.admin, "team/app", "v2", fresh);
  const hex = fresh[0]?.digest.slice("sha256:".length) ?? "";
  const shard = join(storageOf(registry), "blobs", "sha256", hex.slice(0, 2));
  const [name = ""] = (await readdir(shard)).filter((each) => each.startsWith(hex));
  await flip(join(shard, name), 9);
  const made = await makeBackup(registry);
  expect(made.job.state).toBe("failed");
  expect(made.job.error).toContain(made.id);
  const { drill: _, ...backup } = (await registry.admin.get(`/api/v1/backups/${made.id}`))
    .json as Record<string, unknown>;
  expect(backup).toMatchObject({ damaged: 1, blobs: 5, copiedBytes: 60_000 });
  const report = await verify(folder.path);
  expect(report.findings).toMatchObject([
    { kind: "content_never_copied", what: fresh[0]?.digest },
    { kind: "manifest_incomplete", detail: fresh[0]?.digest },
  ]);
  // The last good one is still the one before.
  expect((await registry.admin.get("/api/v1/backup")).json).toMatchObject({ lastGood: { id } });
});
