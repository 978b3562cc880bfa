import { BATCH, batches, type ClosedMember, closureOf, everyEdge, type Reader } from "./closure.ts";
import { following } from "./rules-follow.ts";
import { type ArtifactSpace, type Freed, NOTHING_FREED } from "./space.ts";
import { linksAmong } from "./store/links.ts";
import { type Edge, namedBlobs, namersOf } from "./store/manifests.ts";
import { Stride } from "./stride.ts";

export interface ArtifactsAsked extends Reader {
  /** Digests of live manifests. */
  readonly roots: readonly string[];
  /** Only repositories of this project count as others; undefined for all. */
  readonly within: string | undefined;
  /** Whether untagged manifests that nothing holds are removed by themselves. */
  readonly goByThemselves: boolean;
}

/** How many manifests of each kind name a blob. */
interface Named {
  /** Of all that belongs to the artifacts. */
  all: number;
  /** Of those that go once the artifacts are deleted. */
  going: number;
  /** Of those that nothing holds then. */
  free: number;
}

const NOBODY: Readonly<Named> = { all: 0, going: 0, free: 0 };

interface Sets {
  readonly members: readonly ClosedMember[];
  readonly going: ReadonlySet<string>;
  readonly free: ReadonlySet<string>;
}

async function namedIn(
  { db, repositoryId, signal }: Reader,
  { members, going, free }: Sets,
): Promise<Map<string, Named>> {
  const named = new Map<string, Named>();
  for (const batch of batches(members.map(({ digest }) => digest))) {
    const edges = (after: Edge, limit: number) => namedBlobs(db, repositoryId, batch, after, limit);
    await everyEdge(signal, edges, ({ manifest, digest }) => {
      const counts = named.get(digest) ?? { ...NOBODY };
      counts.all += 1;
      if (going.has(manifest)) counts.going += 1;
      if (free.has(manifest)) counts.free += 1;
      named.set(digest, counts);
    });
  }
  return named;
}

const manifestsIn = (members: readonly ClosedMember[], set: ReadonlySet<string>) => {
  const some = members.filter(({ digest }) => set.has(digest));
  return { manifests: some.length, manifestBytes: some.reduce((sum, { size }) => sum + size, 0) };
};

const difference = (more: Freed, less: Freed): Freed => ({
  bytes: more.bytes - less.bytes,
  blobs: more.blobs - less.blobs,
  manifests: more.manifests - less.manifests,
  manifestBytes: more.manifestBytes - less.manifestBytes,
});

/** Blobs that the repository links, with who names and who links them. */
async function holdersOf(
  { db, repositoryId, within }: ArtifactsAsked,
  batch: readonly (readonly [string, Named])[],
) {
  const digests = batch.map(([digest]) => digest);
  const limit = Math.max(...batch.map(([, { all }]) => all)) + 1;
  const named = new Map(batch);
  const namers = await namersOf(db, repositoryId, digests, limit);
  const links = await linksAmong(db, { repositoryId, within }, digests);
  return links.map((blob) => ({
    blob,
    counts: named.get(blob.digest) ?? NOBODY,
    others: namers.get(blob.digest) ?? 0,
  }));
}

/**
 * What some artifacts of a repository take up, and what comes back when they are deleted. A blob
 * comes back when no other repository links it and no manifest that stays, in the trash or out of
 * it, names it. Throws `lens.too_large`.
 */
export async function weighArtifacts(asked: ArtifactsAsked): Promise<ArtifactSpace> {
  const { signal } = asked;
  const members = await closureOf(asked, asked.roots);
  const roots = new Set(asked.roots);
  const free = following(members, roots);
  const going = asked.goByThemselves ? free : roots;
  const named = await namedIn(asked, { members, going, free });
  const all = manifestsIn(members, new Set(members.map(({ digest }) => digest)));
  const sums = { logical: 0, unique: 0, shared: 0, blobs: 0 };
  const freed = { ...NOTHING_FREED, ...manifestsIn(members, going) };
  const most = { ...NOTHING_FREED, ...manifestsIn(members, free) };
  // Those that few name first: how far the namers are counted is the same for a whole batch.
  const sorted = [...named].sort(([, a], [, b]) => a.all - b.all);
  const stride = new Stride(signal, { first: 50, most: BATCH });
  for (let at = 0; at < sorted.length; ) {
    at = await stride.step(async (rows) => {
      const batch = sorted.slice(at, at + rows);
      for (const { blob, counts, others } of await holdersOf(asked, batch)) {
        sums.blobs += 1;
        sums.logical += counts.all * blob.size;
        sums.unique += blob.size;
        if (blob.shared === 1 || others > counts.all) sums.shared += blob.size;
        for (const [sum, inside] of [
          [freed, counts.going],
          [most, counts.free],
        ] as const) {
          if (blob.shared === 1 || others > inside) continue;
          sum.bytes += blob.size;
          sum.blobs += 1;
        }
      }
      return at + batch.length;
    });
  }
  return { ...all, ...sums, freed, left: difference(most, freed) };
}
