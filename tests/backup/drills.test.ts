import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { until } from "../../scripts/lib/run.ts";
import { Reports } from "../../src/features/backup/folder/reports.ts";
import { Shelf } from "../../src/features/backup/folder/shelf.ts";
import { Snapshots } from "../../src/features/backup/folder/snapshots.ts";
import { backupJobs } from "../../src/features/backup/job.ts";
import { holding } from "../../src/features/reclaim/holds.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import { MemoryBlobs } from "../../src/platform/blobs/memory.ts";
import { fillSqlite } from "../../src/platform/database/sqlite/fill.ts";
import { filesIn, harm } from "../integrity/bench.ts";
import { jobContext } from "../support/content-bench.ts";
import { freshDatabase, openFresh } from "../support/database.ts";
import { pattern, piece, pushImage } from "../support/images.ts";
import { storageOf, type TestRegistry } from "../support/registry.ts";
import { backupFolder, contentOf, ended, makeBackup, registryWithBackups } from "./bench.ts";

const LAYERS = [1, 2].map((seed) => piece(pattern(50_000, seed)));

let folder: Awaited<ReturnType<typeof backupFolder>>;
let registry: TestRegistry;

beforeEach(async () => {
  folder = await backupFolder();
  registry = await registryWithBackups(folder.path);
  await pushImage(registry.admin, "team/app", "v1", LAYERS);
});

afterEach(async () => {
  await registry.close();
  await folder.drop();
});

async function json(path: string) {
  return JSON.parse((await registry.admin.get(`/api/v1${path}`)).expect(200).text);
}

/** Does what the clock would do, and waits for the drill. */
async function scheduledDrill() {
  const asked = await registry.admin.post("/api/v1/job-schedules/backup.drill/run");
  const tick = JSON.parse(asked.expect(202).text);
  expect(await ended(registry, tick.id)).toMatchObject({ state: "done" });
  const { items } = await json("/jobs?kind=backup.verify");
  return await ended(registry, items[0].id);
}

async function metric(name: string): Promise<number> {
  const { text } = await registry.admin.get("/metrics");
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
}

/** Does a drill where nobody takes away what is told; gives that. */
async function newsOf(id: string): Promise<unknown[]> {
  const fresh = await freshDatabase();
  const db = await openFresh(fresh);
  const clock = new ManualClock(1_000_000_000_000);
  let told = 0;
  try {
    const jobs = backupJobs({
      ...{
        db,
        blobs: new MemoryBlobs(),
        clock,
        folder: folder.path,
        keep: 1,
        bytesPerSecond: null,
      },
      snapshots: new Snapshots(folder.path),
      shelf: new Shelf(folder.path),
      reports: new Reports(folder.path),
      holding: holding(db, clock),
      program: { version: "1", commit: "c" },
      fill: fillSqlite,
      scratch: fresh.folder,
      suspect: async () => false,
      changed: () => {
        told += 1;
      },
    });
    const job = jobs.find(({ kind }) => kind === "backup.verify");
    const ran = await job?.run({ id }, jobContext(clock)).catch((error: unknown) => error);
    expect(ran).toMatchObject({ code: "backup.failed" });
    const rows = await db.read.selectFrom("outbox").select(["kind", "payload"]).execute();
    expect(told).toBe(rows.length);
    return rows.map(({ kind, payload }) => ({ kind, ...JSON.parse(payload) }));
  } finally {
    await db.close();
    await fresh.drop();
  }
}

describe("a restore drill by the clock", () => {
  test("takes the newest backup, and its report is kept", async () => {
    const first = await makeBackup(registry);
    const second = await makeBackup(registry);
    expect(first.id < second.id).toBe(true);
    expect(await json("/backup")).toMatchObject({
      bytesPerSecond: null,
      drills: { schedule: "30 4 * * 0", last: null, isLate: false },
    });
    expect(await metric("entrepot_backup_drill_age_seconds")).toBe(-1);
    expect((await scheduledDrill()).state).toBe("done");
    expect((await json("/backup")).drills).toMatchObject({
      last: { id: second.id, verdict: "passed", findings: 0 },
      isLate: false,
    });
    expect((await json(`/backups/${first.id}`)).drill).toBeNull();
    expect((await json(`/backups/${second.id}`)).drill).toMatchObject({ verdict: "passed" });
    expect(await metric("entrepot_backup_drill_failed")).toBe(0);
    expect(await metric("entrepot_backup_drill_late")).toBe(0);
    expect(await metric("entrepot_backup_drill_age_seconds")).toBeGreaterThanOrEqual(0);
  });

  test("that finds something fails, and says so wherever somebody looks", async () => {
    const { id } = await makeBackup(registry);
    const [lost = ""] = await contentOf(folder.path);
    await rm(lost);
    expect(await scheduledDrill()).toMatchObject({ state: "failed" });
    const last = (await json("/backup")).drills.last;
    expect(last).toMatchObject({ id, verdict: "failed" });
    expect(last.findings).toBeGreaterThan(0);
    expect(await metric("entrepot_backup_drill_failed")).toBe(1);
    expect(await newsOf(id)).toMatchObject([
      { kind: "backup.drill_failed", backup: id, findings: last.findings },
    ]);
  });

  test("without any backup fails as well", async () => {
    const asked = await registry.admin.post("/api/v1/job-schedules/backup.drill/run");
    const { id } = JSON.parse(asked.expect(202).text);
    const error = await until(
      "the first attempt",
      async () => (await json(`/jobs/${id}`)).error ?? undefined,
    );
    expect(error).toContain("there is no backup");
  });
});

/** Flips a bit of a layer's stored copy. */
async function damageSource(): Promise<void> {
  const root = storageOf(registry);
  const hex = LAYERS[0]?.digest.slice("sha256:".length) ?? "";
  const [file = ""] = (await filesIn(root)).filter((name) => name.includes(hex));
  await harm(join(root, file), "flip");
}

test("content found damaged while it is copied becomes a finding, and is not served any more", async () => {
  await damageSource();
  const { digest = "" } = LAYERS[0] ?? {};
  const asked = JSON.parse((await registry.admin.post("/api/v1/backups")).expect(202).text);
  expect(await ended(registry, asked.job)).toMatchObject({ state: "failed" });
  const findings = await json("/integrity/findings?open=true");
  expect(findings.items).toMatchObject([{ object: "blob", kind: "corrupt", digest }]);
  (await registry.admin.get(`/v2/team/app/blobs/${digest}`)).expect(503);
  expect((await json("/backups")).items).toMatchObject([{ damaged: 1 }]);
  const { logs } = await json(`/jobs/${asked.job}`);
  expect(JSON.stringify(logs)).toContain(
    `${digest}: service.content_damaged; it is written down as a finding`,
  );
});

describe("a rate", () => {
  const begin = (path: string) => registry.admin.post(`/api/v1/backups${path}`);

  test("holds back what is read, and does not keep a job from being cancelled", async () => {
    await pushImage(registry.admin, "team/large", "v1", [piece(pattern(8_000_000, 3))]);
    const { job } = JSON.parse((await begin("?bytesPerSecond=65536")).expect(202).text);
    await until("the first blob", async () => {
      const { state, progress } = await json(`/jobs/${job}`);
      if (state === "done") throw new Error("nothing held it back");
      return (state === "running" && (progress?.done ?? 0) > 0) || undefined;
    });
    (await registry.admin.post(`/api/v1/jobs/${job}/cancel`)).expect(200);
    expect((await ended(registry, job)).state).toBe("cancelled");
    expect((await json("/backups")).items).toEqual([]);
    // Without one it is done at once.
    expect((await makeBackup(registry)).job.state).toBe("done");
  });

  test("that is none is refused", async () => {
    for (const query of ["?bytesPerSecond=0", "?bytesPerSecond=1.5", "?bytesPerSecond=fast"]) {
      (await begin(query)).expect(400);
    }
  });
});
