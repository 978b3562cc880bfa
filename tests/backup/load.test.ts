import { afterEach, beforeEach, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { HttpClient } from "../support/http-client.ts";
import { digestOf, pattern, piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { backupFolder, ended, registryWithBackups, restoreInto, targets, verify } from "./bench.ts";

let folder: Awaited<ReturnType<typeof backupFolder>>;
let registry: TestRegistry;

beforeEach(async () => {
  folder = await backupFolder();
  registry = await registryWithBackups(folder.path);
});

afterEach(async () => {
  await registry.close();
  await folder.drop();
}, 30_000);

interface Pushed {
  readonly repository: string;
  readonly digest: string;
  readonly layer: string;
  readonly at: number;
}

const shared = piece(pattern(100_000, 7));

/** Pushes, and deletes every fourth again, until told to stop. */
async function work(lane: number, kept: Pushed[], isOver: () => boolean): Promise<void> {
  const client = registry.admin;
  for (let turn = 0; !isOver(); turn++) {
    const repository = `team/lane${lane}`;
    const own = piece(pattern(20_000 + turn, lane * 10_000 + turn));
    const made = await pushImage(client, repository, `t${turn}`, [shared, own]);
    if (turn % 4 === 3) await client.send("DELETE", `/v2/${repository}/manifests/${made.digest}`);
    else kept.push({ repository, digest: made.digest, layer: own.digest, at: Date.now() });
  }
}

async function pulls(client: HttpClient, { repository, digest, layer }: Pushed): Promise<string[]> {
  const wrong: string[] = [];
  for (const path of [`manifests/${digest}`, `blobs/${layer}`, `blobs/${shared.digest}`]) {
    const answer = await client.get(`/v2/${repository}/${path}`);
    const wanted = path.split("/")[1] ?? "";
    const found = answer.status === 200 ? digestOf(answer.body) : String(answer.status);
    if (found !== wanted) wrong.push(`${repository}/${path}: ${found}`);
  }
  return wrong;
}

test("everything acknowledged before a backup under load is served after a restore elsewhere", async () => {
  const kept: Pushed[] = [];
  let isOver = false;
  const lanes = Array.from({ length: 6 }, (_, lane) => work(lane, kept, () => isOver));
  while (kept.length < 40) await Bun.sleep(5);
  for (let round = 0; round < 2; round++) {
    const asked = (await registry.admin.post("/api/v1/backups")).json as { job: string };
    expect(await ended(registry, asked.job)).toMatchObject({ state: "done", error: null });
  }
  isOver = true;
  await Promise.all(lanes);
  const list = (await registry.admin.get("/api/v1/backups")).json as {
    items: { id: string; takenAt: number; damaged: number; copiedBytes: number; bytes: number }[];
  };
  const [newest] = list.items;
  expect(list.items.map(({ damaged }) => damaged)).toEqual([0, 0]);
  // The second one copied only what was new.
  expect(newest?.copiedBytes).toBeLessThan(newest?.bytes ?? 0);
  const before = kept.filter(({ at }) => at < (newest?.takenAt ?? 0));
  expect(before.length).toBeGreaterThan(40);
  expect(await verify(folder.path)).toMatchObject({ verdict: "passed", count: 0 });

  const key = await Bun.file(join(registry.folder, "secret-key")).text();
  await registry.stop();
  await rm(registry.folder, { recursive: true });
  for (const [name, fresh] of targets) {
    const into = await fresh();
    await Bun.write(join(into.folder, "secret-key"), key);
    const restored = await restoreInto(folder.path, into);
    expect(restored).toMatchObject({ count: 0, isSealed: false });
    const elsewhere = await startRegistry({ found: into });
    try {
      const client = elsewhere.as(ADMIN);
      const wrong = (await Promise.all(before.map((each) => pulls(client, each)))).flat();
      expect({ name, wrong }).toEqual({ name, wrong: [] });
      // It goes on as a registry: also with what was pushed before.
      await pushImage(client, "team/lane0", "new", [shared, piece("new")]);
    } finally {
      await elsewhere.close();
    }
  }
}, 120_000);
