import type { Digest } from "../../oci/digest.ts";
import { isNonDistributable } from "../../oci/media-types.ts";
import { type Blob, type BlobOutcome, copyBlob } from "./copy-blob.ts";
import { type End, openEnd, type Place, reach } from "./end.ts";
import { CopyFault, type Wait } from "./faults.ts";
import { type Gathered, gather } from "./gather.ts";
import { hasManifest, type Manifest, writeManifest } from "./manifest.ts";
import { listByTag } from "./referrers.ts";

/** What is told while it goes on. */
export interface CopyEvents {
  /** Which blobs are looked at. */
  planned(blobs: readonly Blob[]): void;
  /** How many bytes of a blob the target was sent. */
  moved(digest: string, position: number): void;
  settled(blob: Blob, outcome: BlobOutcome): void;
}

export interface CopyOrder {
  readonly source: Place;
  /** A tag or digest. */
  readonly reference: string;
  readonly target: Place;
  /** The tag that it gets; undefined for none. */
  readonly tag: string | undefined;
  /** Whether what refers to it comes too: signatures, SBOMs, attestations. */
  readonly referrers: boolean;
  /** How many blobs at a time. */
  readonly jobs: number;
  readonly wait: Wait;
  readonly events: CopyEvents;
}

export interface Copied {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly manifests: { readonly copied: number; readonly existing: number };
  readonly blobs: Readonly<Record<BlobOutcome, number>>;
  /** Bytes of the blobs that were sent. */
  readonly bytes: number;
  /** How many of the manifests refer to another one, or were put beside it. */
  readonly referrers: number;
}

/** Does something with each, so many at a time; the first fault ends all of it. */
async function inParallel<T, W>(
  items: readonly T[],
  workers: readonly W[],
  work: (item: T, worker: W) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const faults: unknown[] = [];
  const run = async (worker: W) => {
    for (const item of left) {
      if (faults.length > 0) return;
      await work(item, worker).catch((fault: unknown) => faults.push(fault));
    }
  };
  await Promise.all(workers.map(run));
  if (faults.length > 0) throw faults[0];
}

interface Pair {
  readonly source: End;
  readonly target: End;
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.address.origin === b.address.origin && a.address.prefix === b.address.prefix;
}

/** The blobs of these manifests, each once; without those whose owner keeps them to himself. */
function blobsOf(manifests: readonly Manifest[]): Blob[] {
  const blobs = new Map<string, Blob>();
  for (const { parsed } of manifests) {
    const all = parsed.config === undefined ? parsed.layers : [parsed.config, ...parsed.layers];
    for (const { digest, size, mediaType } of all) {
      if (!isNonDistributable(mediaType)) blobs.set(digest, { digest, size });
    }
  }
  return [...blobs.values()];
}

/** Lists by a tag what the target itself lists nowhere. */
async function listUnlisted(target: End, unlisted: readonly Manifest[], wait: Wait): Promise<void> {
  const bySubject = new Map<Digest, Manifest[]>();
  for (const manifest of unlisted) {
    const { subject } = manifest.parsed;
    if (subject === undefined) continue;
    bySubject.set(subject.digest, [...(bySubject.get(subject.digest) ?? []), manifest]);
  }
  for (const [subject, added] of bySubject) await listByTag(target, subject, added, wait);
}

async function copyBlobs(order: CopyOrder, pairs: readonly Pair[], wanted: readonly Manifest[]) {
  const { source, target, wait, events } = order;
  const isWithin = source.repository === target.repository && isSamePlace(source, target);
  const blobs = isWithin ? [] : blobsOf(wanted);
  const counts: Record<BlobOutcome, number> = { existing: 0, mounted: 0, copied: 0 };
  let bytes = 0;
  events.planned(blobs);
  const canMount = isSamePlace(source, target);
  await inParallel(blobs, pairs, async (blob, ends) => {
    const moved = (position: number) => events.moved(blob.digest, position);
    const outcome = await copyBlob({ ...ends, blob, canMount, wait, moved });
    counts[outcome] += 1;
    if (outcome === "copied") bytes += blob.size;
    events.settled(blob, outcome);
  });
  return { counts, bytes };
}

/**
 * Copies a manifest with everything it leads to from one repository to another, of one registry or
 * of two: blobs first, then what lists them, the tag last; so that nothing is seen before it is
 * whole. Throws `CopyFault`, and failures of the `manifest.` family.
 */
export async function copyArtifact(order: CopyOrder): Promise<Copied> {
  const { wait, tag } = order;
  const pairs = Array.from({ length: Math.max(1, order.jobs) }, (): Pair => {
    return { source: openEnd(order.source), target: openEnd(order.target) };
  });
  const [first = { source: openEnd(order.source), target: openEnd(order.target) }] = pairs;
  try {
    await reach("source", order.source);
    await reach("target", order.target);
    const gathered: Gathered = await gather(first.source, order.reference, order);
    const { root, manifests, tags } = gathered;
    const there = new Set<string>();
    await inParallel(manifests, pairs, async ({ digest }, { target }) => {
      if (await hasManifest(target, digest, wait)) there.add(digest);
    });
    const missing = manifests.filter(({ digest }) => !there.has(digest));
    const { counts, bytes } = await copyBlobs(order, pairs, missing);
    const unlisted: Manifest[] = [];
    const put = async (reference: string, manifest: Manifest, target: End) => {
      const isListed = await writeManifest(target, reference, manifest, wait);
      if (manifest.parsed.subject !== undefined && !isListed) unlisted.push(manifest);
    };
    // What lists others has to come after them.
    const [lists, leaves] = [
      missing.filter(({ parsed }) => parsed.kind === "index"),
      missing.filter(({ parsed }) => parsed.kind === "image"),
    ];
    await inParallel(leaves, pairs, (each, { target }) => put(each.digest, each, target));
    for (const each of lists) await put(each.digest, each, first.target);
    await listUnlisted(first.target, unlisted, wait);
    for (const [name, said] of tags) await writeManifest(first.target, name, said, wait);
    if (tag !== undefined) await writeManifest(first.target, tag, root, wait);
    const said = new Set(tags.map(([, { digest }]) => digest));
    const isSaid = ({ digest, parsed }: Manifest) =>
      digest !== root.digest && (parsed.subject !== undefined || said.has(digest));
    return {
      digest: root.digest,
      mediaType: root.parsed.mediaType,
      manifests: { copied: missing.length, existing: there.size },
      blobs: counts,
      bytes,
      referrers: manifests.filter(isSaid).length,
    };
  } catch (fault) {
    // A body that is larger than it may be is refused while it is read.
    if (fault instanceof RangeError) {
      throw new CopyFault("unsupported", "source", fault.message, { cause: fault });
    }
    throw fault;
  } finally {
    for (const { source, target } of pairs) {
      source.caller.close();
      target.caller.close();
    }
  }
}
