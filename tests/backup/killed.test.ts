import { afterEach, beforeEach, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pattern, piece, pushImage } from "../support/images.ts";
import type { TestRegistry } from "../support/registry.ts";
import { backupFolder, contentOf, makeBackup, registryWithBackups, verify } from "./bench.ts";

const program = new URL("./make-process.ts", import.meta.url).pathname;
const LAYERS = 30;
const layers = Array.from({ length: LAYERS }, (_, at) => piece(pattern(30_000, at + 1)));

let folder: Awaited<ReturnType<typeof backupFolder>>;
let registry: TestRegistry;

beforeEach(async () => {
  folder = await backupFolder();
  registry = await registryWithBackups(folder.path);
  await pushImage(registry.admin, "team/app", "v1", layers);
}, 60_000);

afterEach(async () => {
  await registry.close();
  await folder.drop();
});

/** Kills a backup once it has done so many blobs. */
async function killedAt(count: number): Promise<void> {
  const { url } = registry.database;
  const child = Bun.spawn([process.execPath, program, url, registry.folder, folder.path], {
    stdout: "pipe",
  });
  let text = "";
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.split("\n").length > count) child.kill("SIGKILL");
  }
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
}

test("a backup killed in the middle is none; the next one copies only what that had not", async () => {
  await killedAt(10);
  expect(await readdir(join(folder.path, "snapshots"))).toHaveLength(1);
  const empty = (await registry.admin.get("/api/v1/backups")).json as { items: object[] };
  expect(empty.items).toEqual([]);
  await expect(verify(folder.path)).rejects.toMatchObject({ code: "backup.none" });
  const before = (await contentOf(folder.path)).filter((path) => !path.includes("incoming"));
  expect(before.length).toBeGreaterThanOrEqual(10);

  const made = await makeBackup(registry);
  expect(made.job).toMatchObject({ state: "done" });
  // What died has gone with it, and nothing else.
  expect(await readdir(join(folder.path, "snapshots"))).toEqual([made.id]);
  const { bytes, copiedBytes } = (await registry.admin.get(`/api/v1/backups/${made.id}`))
    .json as Record<string, number>;
  expect(bytes).toBe(LAYERS * 30_000 + 2);
  expect(copiedBytes).toBeLessThanOrEqual((LAYERS + 1 - before.length) * 30_000);
  expect((await contentOf(folder.path)).length).toBe(LAYERS + 1);
  expect(await verify(folder.path)).toMatchObject({ verdict: "passed", blobs: LAYERS + 1 });
}, 90_000);

test("of many backups the newest stay, with the content that they have", async () => {
  await registry.restart({ "backup.keep": 2 });
  const ids: string[] = [];
  for (let turn = 0; turn < 3; turn++) {
    await pushImage(registry.admin, "team/more", `t${turn}`, [piece(`more ${turn}`)]);
    ids.push((await makeBackup(registry)).id);
  }
  const list = (await registry.admin.get("/api/v1/backups")).json as { items: { id: string }[] };
  expect(list.items.map(({ id }) => id)).toEqual([ids[2] ?? "", ids[1] ?? ""]);
  for (const id of ids.slice(1)) {
    expect(await verify(folder.path, id)).toMatchObject({ verdict: "passed" });
  }
  const gone = await registry.admin.send("DELETE", `/api/v1/backups/${ids[1]}`);
  expect(gone.status).toBe(204);
  const again = await registry.admin.send("DELETE", `/api/v1/backups/${ids[1]}`);
  expect(again.status).toBe(404);
  expect(await verify(folder.path)).toMatchObject({ verdict: "passed", snapshot: { id: ids[2] } });
}, 90_000);
