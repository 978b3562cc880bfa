import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import { openFresh } from "../support/database.ts";
import { EMPTY_CONFIG, image, piece, pushBlob, putManifest } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { insertRows } from "../support/rows.ts";

let registry: TestRegistry;
let db: Database;

beforeAll(async () => {
  registry = await startRegistry({
    projects: [{ name: "team" }],
    settings: { "reclaim.untagged_after": "1s", "reclaim.pace": 10_000 },
  });
  db = await openFresh(registry.database, new URL("../support/writer.ts", import.meta.url));
});

afterAll(async () => {
  await db.close();
  await registry.close();
});

/** Pushes an image that no tag is on; gives its digest. */
async function untagged(text: string): Promise<string> {
  const { admin } = registry;
  const layer = piece(text);
  for (const blob of [EMPTY_CONFIG, layer]) await pushBlob(admin, "team/app", blob);
  const made = image([layer]);
  (await putManifest(admin, "team/app", made.digest, made)).expect(201);
  return made.digest;
}

async function stateOf(digest: string) {
  return await db.read
    .selectFrom("manifests")
    .select(["deleted_at", "reclaim_after"])
    .where("digest", "=", digest)
    .executeTakeFirstOrThrow();
}

test("what runs somewhere stays, tag or no tag; what does not goes when its time is over", async () => {
  const running = await untagged("it runs");
  const reference = `team/app@${running}`;
  const row = { source: "prod", digest: running, reference, seen_at: Date.now() };
  await db.write(insertRows, { table: "in_use_digests", rows: [row] });
  const first = await stateOf(running);
  const idle = await untagged("it does not");
  while ((await stateOf(idle)).deleted_at === null) await Bun.sleep(20);
  // Looked at as well, and given more time.
  while ((await stateOf(running)).reclaim_after === first.reclaim_after) await Bun.sleep(20);
  expect((await stateOf(running)).deleted_at).toBeNull();
  const at = `/api/v1/projects/team/repositories/app/kept/${running}`;
  const { json } = (await registry.admin.get(at)).expect(200);
  expect(json).toMatchObject({ reasons: [{ kind: "in-use" }] });
}, 60_000);
