import { failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Member } from "./rules-follow.ts";
import {
  type FoundManifest,
  listedBy,
  listing,
  liveAmong,
  referring,
  taggedAmong,
} from "./store/closure.ts";
import { type Edge, NO_EDGE } from "./store/manifests.ts";
import { Stride } from "./stride.ts";

/** Manifests that are looked at together. */
export const BATCH = 200;
/** As many as are weighed in one go. */
const MOST_MANIFESTS = 50_000;

export function batches<T>(items: readonly T[]): T[][] {
  const out: T[][] = [];
  for (let at = 0; at < items.length; at += BATCH) out.push(items.slice(at, at + BATCH));
  return out;
}

/** Steps through edges, however many there are. */
export async function everyEdge(
  signal: AbortSignal,
  look: (after: Edge, limit: number) => Promise<Edge[]>,
  each: (edge: Edge) => void,
): Promise<void> {
  const stride = new Stride(signal, { first: 200, most: 2_000 });
  let after: Edge | undefined = NO_EDGE;
  while (after !== undefined) {
    const from: Edge = after;
    after = await stride.step(async (limit) => {
      const edges = await look(from, limit);
      for (const edge of edges) each(edge);
      return edges.length < limit ? undefined : edges.at(-1);
    });
  }
}

export interface ClosedMember extends Member {
  readonly size: number;
}

/** The reader of one repository, for as long as `signal` says. */
export interface Reader {
  readonly db: Database;
  readonly repositoryId: string;
  readonly signal: AbortSignal;
}

/** What was found of live manifests, and who of them holds whom. */
interface Found {
  readonly manifests: Map<string, FoundManifest>;
  readonly holders: Map<string, string[]>;
}

async function reach({ db, repositoryId, signal }: Reader, roots: readonly string[]) {
  const found: Found = { manifests: new Map(), holders: new Map() };
  let next = [...new Set(roots)];
  while (next.length > 0) {
    const batch = next.slice(0, BATCH);
    next = next.slice(BATCH);
    const live = await liveAmong(db, repositoryId, batch);
    for (const each of live) found.manifests.set(each.digest, each);
    if (found.manifests.size > MOST_MANIFESTS) {
      throw failure("lens.too_large", { most: MOST_MANIFESTS });
    }
    const digests = live.map(({ digest }) => digest);
    if (digests.length === 0) continue;
    const fresh = new Set<string>();
    for (const look of [listedBy, referring]) {
      const edges = (after: Edge, limit: number) => look(db, repositoryId, digests, after, limit);
      await everyEdge(signal, edges, ({ manifest, digest }) => {
        const known = found.holders.get(digest);
        if (known === undefined) fresh.add(digest);
        found.holders.set(digest, [...(known ?? []), manifest]);
      });
    }
    for (const digest of fresh) if (!found.manifests.has(digest)) next.push(digest);
  }
  return found;
}

/** Those of the manifests that a tag, or one that was not found, holds. */
async function heldOutside(
  { db, repositoryId, signal }: Reader,
  manifests: Found["manifests"],
): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  for (const batch of batches([...manifests.values()])) {
    const digests = batch.map(({ digest }) => digest);
    for (const digest of await taggedAmong(db, repositoryId, digests)) held.add(digest);
    const edges = (after: Edge, limit: number) => listing(db, repositoryId, digests, after, limit);
    await everyEdge(signal, edges, ({ manifest, digest }) => {
      if (!manifests.has(manifest)) held.add(digest);
    });
    const above = batch.flatMap(({ subject }) =>
      subject === null || manifests.has(subject) ? [] : [subject],
    );
    if (above.length === 0) continue;
    const live = new Set((await liveAmong(db, repositoryId, above)).map(({ digest }) => digest));
    for (const { digest, subject } of batch) {
      if (subject !== null && live.has(subject)) held.add(digest);
    }
  }
  return held;
}

/**
 * Some live manifests with those that they list and those that refer to them, and so on. Throws
 * `lens.too_large`.
 */
export async function closureOf(
  reader: Reader,
  roots: readonly string[],
): Promise<readonly ClosedMember[]> {
  const { manifests, holders } = await reach(reader, roots);
  const held = await heldOutside(reader, manifests);
  return [...manifests.values()].map(({ digest, size }) => ({
    digest,
    size,
    holders: holders.get(digest) ?? [],
    heldOutside: held.has(digest),
  }));
}
