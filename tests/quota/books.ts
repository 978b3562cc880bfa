import { expect } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";

/** What each project should be counted at, added up here from the rows one by one. */
async function recounted(db: Database): Promise<Map<string, number>> {
  const projects = new Map<string, string>();
  for (const { id, project_id } of await db.read
    .selectFrom("repositories")
    .select(["id", "project_id"])
    .execute()) {
    projects.set(id, project_id);
  }
  const blobs = new Map<string, number>();
  for (const { digest, size } of await db.read
    .selectFrom("blobs")
    .select(["digest", "size"])
    .execute()) {
    blobs.set(digest, size);
  }
  const held = new Map<string, Set<string>>();
  for (const { repository_id, digest } of await db.read
    .selectFrom("repository_blobs")
    .select(["repository_id", "digest"])
    .execute()) {
    const project = projects.get(repository_id) ?? "";
    const set = held.get(project) ?? new Set();
    held.set(project, set.add(digest));
  }
  const bytes = new Map<string, number>();
  for (const [project, digests] of held) {
    const sum = [...digests].reduce((all, digest) => all + (blobs.get(digest) ?? Number.NaN), 0);
    bytes.set(project, sum);
  }
  for (const { repository_id, size } of await db.read
    .selectFrom("manifests")
    .select(["repository_id", "size"])
    .execute()) {
    const project = projects.get(repository_id) ?? "";
    bytes.set(project, (bytes.get(project) ?? 0) + size);
  }
  return bytes;
}

/** What each project is counted at. */
export async function counted(db: Database): Promise<Map<string, number>> {
  const bytes = new Map<string, number>();
  for (const { project_id, bytes: piece } of await db.read
    .selectFrom("quota_usage")
    .select(["project_id", "bytes"])
    .execute()) {
    bytes.set(project_id, (bytes.get(project_id) ?? 0) + piece);
  }
  return bytes;
}

const nonZero = (bytes: Map<string, number>) =>
  Object.fromEntries([...bytes].filter(([, size]) => size !== 0).sort());

/** Fails unless every counter is what a recount gives. */
export async function expectBalanced(db: Database): Promise<void> {
  expect(nonZero(await counted(db))).toEqual(nonZero(await recounted(db)));
  const rows = await db.read
    .selectFrom("quota_usage as u")
    .innerJoin("quotas as q", "q.project_id", "u.project_id")
    .select(["q.project_id as project", "q.bytes as limit", "u.granted"])
    .where("q.bytes", "is not", null)
    .execute();
  // What all pieces of a project may have together is never above its limit.
  const granted = new Map<string, number>();
  for (const row of rows) {
    const before = granted.get(row.project) ?? -(row.limit ?? 0);
    granted.set(row.project, before + (row.granted ?? Number.POSITIVE_INFINITY));
  }
  for (const beyond of granted.values()) expect(beyond).toBeLessThanOrEqual(0);
}
