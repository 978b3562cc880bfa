import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  type FreshDatabase,
  freshDatabase,
  openFresh,
} from "../../../../tests/support/database.ts";
import { insertRows } from "../../../../tests/support/rows.ts";
import type { Database } from "../../../platform/database/port.ts";
import { type KeepInsight, keepInsights } from "./store/write.ts";

const NOW = 1_790_000_000_000;

let fresh: FreshDatabase;
let db: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = await openFresh(fresh, new URL("../../../../tests/support/writer.ts", import.meta.url));
  const project = { id: "p", name: "team", created_at: NOW };
  const repository = { id: "r", project_id: "p", name: "team/web", created_at: NOW };
  const manifest = {
    repository_id: "r",
    digest: "sha256:here",
    media_type: "x/y",
    size: 1,
    pushed_at: NOW,
    pushed_by: "ada",
    payload: new Uint8Array(1),
  };
  await db.write(insertRows, { table: "projects", rows: [project] });
  await db.write(insertRows, { table: "repositories", rows: [repository] });
  await db.write(insertRows, { table: "manifests", rows: [manifest] });
});

afterAll(async () => {
  await db.close();
  await fresh.drop();
});

function found(digest: string): KeepInsight {
  return {
    repository: "team/web",
    repositoryId: "r",
    digest,
    version: 1,
    failure: null,
    totalSize: 7,
    document: new Uint8Array([1, 2, 3]),
    labels: { "org.example": "value" },
    principal: "ada",
    now: NOW,
  };
}

test("what was found is kept and told of, and nothing of what has gone meanwhile", async () => {
  const both = [found("sha256:here"), found("sha256:gone")];
  await db.write(keepInsights, { found: both });
  // A second time does no harm: listeners hear of things at least once.
  await db.write(keepInsights, { found: both });
  const kept = await db.read.selectFrom("artifact_insights").selectAll().execute();
  expect(kept).toMatchObject([{ repository_id: "r", digest: "sha256:here", total_size: 7 }]);
  const told = await db.read.selectFrom("outbox").select(["kind", "payload"]).execute();
  const [first] = told;
  expect([first?.kind, JSON.parse(first?.payload ?? "null")]).toEqual([
    "artifact.described",
    {
      repository: "team/web",
      repositoryId: "r",
      digest: "sha256:here",
      labels: { "org.example": "value" },
      principal: "ada",
      at: NOW,
    },
  ]);
});
