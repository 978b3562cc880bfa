import type { Tx } from "../../../platform/database/port.ts";
import { inBatches } from "./batches.ts";

export interface TouchedArtifact {
  readonly digest: string;
  /** What its image says of itself; null where that is not known, and then nothing is taken away. */
  readonly labels: Readonly<Record<string, string>> | null;
}

/** What changed in a repository: what became of it is looked up. */
export interface TouchedRepository {
  readonly id: string;
  readonly tags: readonly string[];
  readonly artifacts: readonly TouchedArtifact[];
}

export interface Touched {
  /** Ids of those that changed themselves. */
  readonly projects: readonly string[];
  readonly repositories: readonly TouchedRepository[];
}

/** A repository that is there, with the numbers it goes by. */
export interface Numbered extends TouchedRepository {
  readonly name: string;
  readonly repository: number;
  readonly project: number;
}

/** A tag or an artifact, by its name or digest, and the id of its repository. */
export interface Item {
  readonly id: string;
  readonly name: string;
}

function groupsOf(items: readonly Item[]): Map<string, readonly Item[]> {
  return Map.groupBy(items, ({ id }) => id);
}

function namesOf(items: readonly Item[]): string[] {
  return items.map(({ name }) => name);
}

/** Those of some tags that are there. */
export function tagsThere(tx: Tx, tags: readonly Item[]): Promise<Item[]> {
  return inBatches(tags, (batch) =>
    tx
      .selectFrom("tags")
      .select(["repository_id as id", "name"])
      .where((eb) =>
        eb.or(
          [...groupsOf(batch)].map(([id, those]) =>
            eb.and([eb("repository_id", "=", id), eb("name", "in", namesOf(those))]),
          ),
        ),
      )
      .execute(),
  );
}

/** Those of some manifests that are there, outside of the trash. */
export function artifactsThere(tx: Tx, artifacts: readonly Item[]) {
  return inBatches(artifacts, (batch) =>
    tx
      .selectFrom("manifests")
      .select(["repository_id as id", "digest", "media_type", "artifact_type", "annotations"])
      .where("deleted_at", "is", null)
      .where((eb) =>
        eb.or(
          [...groupsOf(batch)].map(([id, those]) =>
            eb.and([eb("repository_id", "=", id), eb("digest", "in", namesOf(those))]),
          ),
        ),
      )
      .execute(),
  );
}

/** Locks projects for this transaction, so that one node at a time writes of each; gives numbers. */
export async function lockProjects(tx: Tx, ids: readonly string[]): Promise<Map<string, number>> {
  // In one order everywhere: so two that want the same never wait for one another.
  const sorted = [...new Set(ids)].sort();
  const rows = await inBatches(sorted, async (batch) => {
    await tx
      .insertInto("search_projects")
      .values(batch.map((project_id) => ({ project_id })))
      .onConflict((c) => c.column("project_id").doNothing())
      .execute();
    return await tx
      .selectFrom("search_projects")
      .select(["number", "project_id"])
      .where("project_id", "in", batch)
      .orderBy("project_id")
      .forUpdate()
      .execute();
  });
  return new Map(rows.map((row) => [row.project_id, row.number]));
}

/** The numbers of repositories, new ones for those that have none. */
export async function numberRepositories(
  tx: Tx,
  repositories: readonly { readonly id: string; readonly project: number }[],
): Promise<Map<string, number>> {
  const rows = await inBatches(repositories, async (batch) => {
    await tx
      .insertInto("search_repositories")
      .values(batch.map(({ id, project }) => ({ repository_id: id, project })))
      .onConflict((c) => c.column("repository_id").doNothing())
      .execute();
    return await tx
      .selectFrom("search_repositories")
      .select(["number", "repository_id"])
      .where(
        "repository_id",
        "in",
        batch.map(({ id }) => id),
      )
      .execute();
  });
  return new Map(rows.map((row) => [row.repository_id, row.number]));
}
