import type { Database } from "../../../platform/database/port.ts";
import type { LensRepositoriesTable } from "../../../platform/database/schema/lens.ts";
import { type BlobTally, type RepositoryTally, Tallies } from "../rules-tally.ts";
import { dropMeasured, keepDay, keepProjects, keepRepositories } from "../store/keep.ts";
import { type WeighedManifest, weighedManifests } from "../store/manifests.ts";
import {
  isComplete,
  type Link,
  nextBlobs,
  nextLinks,
  nextRepositories,
  type Owned,
  type StoredBlob,
  type Weighed,
  weighedOn,
} from "../store/measure.ts";
import { Stride } from "../stride.ts";

export interface Measuring {
  readonly db: Database;
  readonly signal: AbortSignal;
  /** When it began, and the day (UTC) that this is in. */
  readonly now: number;
  readonly day: number;
  readonly capacity: () => Promise<{ readonly total: number; readonly free: number }>;
  readonly progress: (done: number, total: number) => void;
}

/** Rows written in one transaction. */
export const BATCH = 100;
const ROWS = { first: 200, most: 2_000 };

/** Steps through rows until there are no more. */
async function walk<T>(
  signal: AbortSignal,
  look: (after: T | undefined, limit: number) => Promise<readonly T[]>,
  each: (row: T) => void,
): Promise<void> {
  const stride = new Stride(signal, ROWS);
  let after: T | undefined;
  for (let isMore = true; isMore; ) {
    isMore = await stride.step(async (limit) => {
      const rows = await look(after, limit);
      for (const row of rows) each(row);
      after = rows.at(-1);
      return rows.length === limit;
    });
  }
}

/** The links of the installation go by once, whatever the number of those who share a blob. */
async function tallied({ db, signal }: Measuring): Promise<Tallies> {
  const tallies = new Tallies();
  await walk<Owned>(
    signal,
    (after, limit) => nextRepositories(db, after?.id ?? "", limit),
    ({ id, projectId }) => tallies.own(id, projectId),
  );
  await walk<Link>(
    signal,
    (after, limit) => nextLinks(db, after ?? { digest: "", repositoryId: "" }, limit),
    ({ digest, repositoryId, size }) => tallies.link(digest, repositoryId, size),
  );
  tallies.end();
  return tallies;
}

async function storedBytes({ db, signal }: Measuring): Promise<number> {
  let stored = 0;
  await walk<StoredBlob>(
    signal,
    (after, limit) => nextBlobs(db, after?.digest ?? "", limit),
    ({ size, state }) => {
      if (state === "live") stored += size;
    },
  );
  return stored;
}

async function weigh({ db, signal }: Measuring, id: string): Promise<Weighed> {
  const sums = { manifests: 0, manifestBytes: 0, logical: 0 };
  await walk<WeighedManifest>(
    signal,
    (after, limit) => weighedManifests(db, id, after?.digest ?? "", limit),
    ({ size, named, deletedAt }) => {
      if (deletedAt !== null) return;
      sums.manifests += 1;
      sums.manifestBytes += size;
      sums.logical += named;
    },
  );
  return { id, ...sums };
}

type Sums = Omit<Weighed, "id">;

function rowOf({ now, day }: Measuring, tally: BlobTally, sums: Sums) {
  return {
    day,
    manifests: sums.manifests,
    manifest_bytes: sums.manifestBytes,
    blobs: tally.blobs,
    logical: sums.logical,
    unique_bytes: tally.unique,
    shared_bytes: tally.shared,
    measured_at: now,
  };
}

/** Measures and keeps some repositories; those whose manifests an ended run has weighed are not weighed again. */
async function keepSome(
  measuring: Measuring,
  some: readonly (readonly [string, RepositoryTally])[],
  goesOn: boolean,
): Promise<LensRepositoriesTable[]> {
  const { db, day } = measuring;
  const ids = some.map(([id]) => id);
  const known = new Map(
    (goesOn ? await weighedOn(db, day, ids) : []).map((each) => [each.id, each]),
  );
  const rows: LensRepositoriesTable[] = [];
  for (const [id, tally] of some) {
    const sums = known.get(id) ?? (await weigh(measuring, id));
    rows.push({
      ...rowOf(measuring, tally, sums),
      repository_id: id,
      project_id: tally.projectId,
      shared_within: tally.sharedWithin,
    });
  }
  await db.write(keepRepositories, rows);
  return rows;
}

/**
 * Measures how much space every project and repository takes, and keeps that as the figures of the
 * day: in steps of some milliseconds, and in transactions of some rows. What is changed meanwhile
 * is counted as it is met. A run that did not come to its end is gone on with by the next one of
 * that day.
 */
export async function measureAll(measuring: Measuring): Promise<{ repositories: number }> {
  const { db, now, day, signal, progress } = measuring;
  const goesOn = !(await isComplete(db, day));
  const stored = await storedBytes(measuring);
  const tallies = await tallied(measuring);
  const repositories = [...tallies.repositories];
  const sums = new Map<string, { manifests: number; manifestBytes: number; logical: number }>();
  for (let at = 0; at < repositories.length; at += BATCH) {
    signal.throwIfAborted();
    for (const row of await keepSome(measuring, repositories.slice(at, at + BATCH), goesOn)) {
      const sum = sums.get(row.project_id) ?? { manifests: 0, manifestBytes: 0, logical: 0 };
      sum.manifests += row.manifests;
      sum.manifestBytes += row.manifest_bytes;
      sum.logical += row.logical;
      sums.set(row.project_id, sum);
    }
    progress(Math.min(at + BATCH, repositories.length), repositories.length);
  }
  const projects = [...tallies.projects].map(([project_id, tally]) => {
    const sum = sums.get(project_id) ?? { manifests: 0, manifestBytes: 0, logical: 0 };
    return { ...rowOf(measuring, tally, sum), project_id };
  });
  for (let at = 0; at < projects.length; at += BATCH) {
    signal.throwIfAborted();
    await db.write(keepProjects, projects.slice(at, at + BATCH));
  }
  const { total, free } = await measuring.capacity();
  const logical = projects.reduce((sum, each) => sum + each.logical, 0);
  await db.write(keepDay, { day, stored, logical, capacity: total, free, measured_at: now });
  // Of an earlier run of the same day: what is not there any more.
  const drop = { day, before: now, limit: BATCH };
  while ((await db.write(dropMeasured, drop)) > 0) signal.throwIfAborted();
  return { repositories: repositories.length };
}
