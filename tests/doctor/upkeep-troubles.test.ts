import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "../../scripts/lib/run.ts";
import { DAY } from "../../src/kernel/clock.ts";
import { backupFolder, contentOf, ended, makeBackup } from "../backup/bench.ts";
import { filesIn, harm } from "../integrity/bench.ts";
import { openFresh } from "../support/database.ts";
import { pattern, piece, pushBlob, pushImage } from "../support/images.ts";
import {
  ADMIN,
  type Settings,
  startRegistry,
  storageOf,
  type TestRegistry,
} from "../support/registry.ts";
import { stampRow } from "../support/rows.ts";
import { type Diagnosis, type Machine, newMachine } from "./patient.ts";

const ADA = { name: "ada", password: "ada has a long password", administrator: false };
const LAYER = piece(pattern(20_000, 4));

let machine: Machine;
let registry: TestRegistry;
let folder: Awaited<ReturnType<typeof backupFolder>>;

beforeEach(async () => {
  machine = await newMachine();
  folder = await backupFolder();
});
afterEach(async () => {
  await registry.close();
  await machine.close();
  await folder.drop();
});

async function start(settings: Settings = {}): Promise<void> {
  registry = await startRegistry({ accounts: [ADA], settings });
}

const look = (login = ADMIN, language: "en" | "zh" = "en"): Promise<Diagnosis> =>
  machine.doctor(registry.url, [], {
    login,
    language,
  });

const codes = ({ findings }: Diagnosis) =>
  findings.map(({ code }) => code).filter((code) => /^(integrity|backups|reclaim)\./.test(code));

test("whoever may not know is told nothing of how the server does", async () => {
  await start();
  expect(codes(await look(ADA))).toEqual([]);
  const found = await look();
  expect(codes(found)).toEqual(["integrity.fine", "backups.off", "reclaim.fine"]);
  expect(found.about("backups.off")).toContain("backup.path");
  expect(found.exit).toBe(0);
});

test("damaged content is told of, in both languages", async () => {
  await start();
  await pushImage(registry.admin, "team/app", "v1", [LAYER]);
  const root = storageOf(registry);
  const hex = LAYER.digest.slice("sha256:".length);
  const [file = ""] = (await filesIn(root)).filter((name) => name.includes(hex));
  await harm(join(root, file), "flip");
  const headers = { "content-type": "application/json" };
  await registry.admin.post("/api/v1/integrity/scrubs", { headers, body: "{}" });
  const found = await until("the finding", async () => {
    const diagnosis = await look();
    return diagnosis.broken.length > 0 ? diagnosis : undefined;
  });
  expect(found.broken).toEqual(["integrity.damaged"]);
  expect(found.exit).toBe(1);
  expect(found.about("integrity.damaged")).toContain("entrepot integrity findings");
  expect((await look(ADMIN, "zh")).about("integrity.damaged")).toContain("已损坏");
});

describe("backups", () => {
  beforeEach(async () => {
    await start({ "backup.path": folder.path });
    await pushImage(registry.admin, "team/app", "v1", [LAYER]);
  });

  /** Lets a backup be of long ago. */
  async function age(id: string): Promise<void> {
    const path = join(folder.path, "snapshots", id, "snapshot.json");
    const facts = JSON.parse(await readFile(path, "utf8"));
    const at = facts.takenAt - 30 * DAY;
    await writeFile(path, JSON.stringify({ ...facts, takenAt: at, finishedAt: at }));
  }

  test("that are none or too old are told of", async () => {
    expect(codes(await look())).toEqual(["integrity.fine", "backups.none", "reclaim.fine"]);
    const { id } = await makeBackup(registry);
    expect(codes(await look())).toContain("backups.fine");
    await age(id);
    const found = await look();
    expect(codes(found)).toEqual([
      "integrity.fine",
      "backups.late",
      "backups.drill_late",
      "reclaim.fine",
    ]);
    expect(found.about("backups.late")).toContain("entrepot backup create");
    expect(found.about("backups.drill_late")).toContain("entrepot backup drill");
    expect(found.exit).toBe(0);
  });

  test("that could not be restored are broken", async () => {
    const { id } = await makeBackup(registry);
    const [lost = ""] = await contentOf(folder.path);
    await rm(lost);
    const asked = await registry.admin.post(`/api/v1/backups/${id}/verify`);
    await ended(registry, JSON.parse(asked.expect(202).text).job);
    const found = await look();
    expect(found.broken).toEqual(["backups.drill_failed"]);
    expect(found.about("backups.drill_failed")).toContain(id);
    expect(found.exit).toBe(1);
  });

  test("whose folder cannot be read are broken", async () => {
    await rm(join(folder.path, "snapshots"), { recursive: true, force: true });
    await writeFile(join(folder.path, "snapshots"), "a file in its place");
    expect((await look()).broken).toEqual(["backups.unavailable"]);
  });
});

describe("reclaiming", () => {
  test("that is paused is told of, with who did it", async () => {
    await start();
    (await registry.admin.post("/api/v1/reclaim/pause")).expect(200);
    const found = await look();
    expect(codes(found)).toContain("reclaim.paused");
    expect(found.about("reclaim.paused")).toContain("by admin");
    expect(found.about("reclaim.paused")).toContain("entrepot reclaim resume");
  });

  test("that is behind is told of, with why", async () => {
    await start({ "reclaim.enabled": false });
    await pushBlob(registry.admin, "team/app", LAYER);
    const db = await openFresh(registry.database, new URL("../support/writer.ts", import.meta.url));
    const where = { digest: LAYER.digest };
    await db.write(stampRow, { table: "repository_blobs", where, at: 1_000 });
    await db.close();
    const found = await look();
    expect(codes(found)).toContain("reclaim.behind");
    expect(found.about("reclaim.behind")).toContain("1970-01-01T00:00:01Z");
    expect(found.about("reclaim.behind")).toContain("reclaim.enabled");
  });
});
