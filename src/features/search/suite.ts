import { type FreshDatabase, freshDatabase, openFresh } from "../../../tests/support/database.ts";
import { deleteRows, insertRows } from "../../../tests/support/rows.ts";
import type { Database } from "../../platform/database/port.ts";
import type { JobContext } from "../../platform/jobs/port.ts";
import { rebuildJob } from "./rebuild.ts";
import { inventoryReads } from "./store/inventory.ts";

export const NOW = Date.UTC(2026, 10, 20, 12);

/** What a job is given here; nobody cancels it. */
export const context: JobContext = {
  jobId: "j",
  attempt: 1,
  signal: new AbortController().signal,
  log: () => {},
  progress: () => {},
  now: () => NOW,
};

export interface World {
  readonly db: Database;
  readonly fresh: FreshDatabase;
  project(id: string, more?: { readonly public?: number }): Promise<void>;
  repository(id: string, projectId: string, name: string): Promise<void>;
  tag(repositoryId: string, name: string, digest: string): Promise<void>;
  dropTag(repositoryId: string, name: string): Promise<void>;
  artifact(repositoryId: string, digest: string, annotations: Annotations): Promise<void>;
  dropArtifact(repositoryId: string, digest: string): Promise<void>;
  rebuild(): Promise<void>;
  close(): Promise<void>;
}

export type Annotations = Readonly<Record<string, string>>;

/** A database in which content is written as it is, without anybody being told. */
export async function openWorld(): Promise<World> {
  const fresh = await freshDatabase();
  const db = await openFresh(fresh, new URL("../../../tests/support/writer.ts", import.meta.url));
  return worldOf(db, fresh);
}

export function worldOf(db: Database, fresh: FreshDatabase): World {
  const common = { created_at: NOW, deleted_at: null };
  const insert = (table: "projects" | "repositories" | "tags" | "manifests", row: object) =>
    db.write(insertRows, { table, rows: [row as Record<string, string | number | null>] });
  const drop = (table: "tags" | "manifests", where: Record<string, string>) =>
    db.write(deleteRows, { table, where });
  const job = rebuildJob({ db, reads: inventoryReads(db), labelsOf: async () => new Map() });
  return {
    db,
    fresh,
    project: (id, more = {}) => insert("projects", { id, name: id, ...common, ...more }),
    repository: (id, project_id, name) =>
      insert("repositories", { id, project_id, name, ...common, updated_at: NOW }),
    tag: (repository_id, name, manifest) =>
      insert("tags", { repository_id, name, manifest, updated_at: NOW, updated_by: "ada" }),
    dropTag: (repository_id, name) => drop("tags", { repository_id, name }),
    artifact: (repository_id, digest, annotations) =>
      insert("manifests", {
        repository_id,
        digest,
        media_type: "application/vnd.oci.image.manifest.v1+json",
        artifact_type: null,
        subject: null,
        size: 2,
        annotations: JSON.stringify(annotations),
        pushed_at: NOW,
        pushed_by: "ada",
        deleted_at: null,
        deleted_by: null,
        reclaim_after: null,
        payload: new Uint8Array([123, 125]),
      }),
    dropArtifact: (repository_id, digest) => drop("manifests", { repository_id, digest }),
    rebuild: () => job.run({}, context),
    async close() {
      await db.close();
      await fresh.drop();
    },
  };
}

/** Everything in the index, without the numbers that its rows happen to have. */
export async function dump(db: Database): Promise<string[]> {
  const terms = await db.read
    .selectFrom("search_terms as t")
    .innerJoin("search_texts as x", "x.number", "t.text")
    .select(["t.kind", "t.term", "x.field", "x.text"])
    .innerJoin("search_projects as p", "p.number", "t.project")
    .select("p.project_id")
    .execute();
  const holders = await db.read
    .selectFrom("search_holders as h")
    .innerJoin("search_texts as x", "x.number", "h.text")
    .innerJoin("search_repositories as r", "r.number", "h.repository")
    .select(["x.field", "x.text", "r.repository_id"])
    .execute();
  const attributes = await db.read
    .selectFrom("search_attributes as a")
    .innerJoin("search_texts as x", "x.number", "a.text")
    .innerJoin("search_artifacts as n", "n.number", "a.artifact")
    .innerJoin("search_repositories as r", "r.number", "a.repository")
    .select(["x.field", "x.text", "r.repository_id", "n.digest"])
    .execute();
  const counts = await Promise.all(
    (["search_texts", "search_terms", "search_holders", "search_attributes"] as const).map(
      async (table) => {
        const rows = await db.read.selectFrom(table).selectAll().execute();
        return { table, rows: rows.length };
      },
    ),
  );
  return [...terms, ...holders, ...attributes, ...counts].map((row) => JSON.stringify(row)).sort();
}
