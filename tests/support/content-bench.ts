import { createHash } from "node:crypto";
import type { Doer } from "../../src/features/audit/entry.ts";
import { type Content, openContent } from "../../src/features/content/service.ts";
import type { ContentSettings } from "../../src/features/content/settings.ts";
import { DAY, HOUR, ManualClock } from "../../src/kernel/clock.ts";
import { type Digest, parseDigest } from "../../src/oci/digest.ts";
import { OCI_INDEX, OCI_MANIFEST } from "../../src/oci/media-types.ts";
import { parseRepositoryName, parseTag } from "../../src/oci/name.ts";
import { MemoryBlobs } from "../../src/platform/blobs/memory.ts";
import type { BlobStore } from "../../src/platform/blobs/port.ts";
import type { Database } from "../../src/platform/database/port.ts";
import type { JobHandler } from "../../src/platform/jobs/port.ts";
import { type FreshDatabase, freshDatabase, openFresh } from "./database.ts";

export const settings: ContentSettings = {
  grace: DAY,
  trashKeep: 7 * DAY,
  untaggedAfter: HOUR,
  autoCreate: true,
  uploads: { expireAfter: 7 * DAY, mostPerPrincipal: 100, maxSize: null },
  requireReferences: true,
  space: { minFreeBytes: 0, minFreePercent: 0 },
};

export const doer: Doer = {
  id: "tester",
  kind: "user",
  name: "tester",
  via: "password",
  credentialId: null,
  address: "192.0.2.1",
  requestId: "r-1",
};

export const pusher = { doer, mayCreateProject: true };

/** The content feature on the engine under test, with bytes in memory and a clock of its own. */
export interface ContentBench {
  readonly content: Content;
  readonly jobs: readonly JobHandler[];
  readonly db: Database;
  /** To open it once more. */
  readonly fresh: FreshDatabase;
  readonly blobs: BlobStore;
  readonly clock: ManualClock;
  /** Of the database, and of a store that is not in memory. */
  readonly folder: string;
  /** What `database` of the configuration takes. */
  readonly url: string;
  close(): Promise<void>;
}

/** `open` makes another store than the one in memory, in the folder of the database. */
export async function openContentBench(
  overrides: Partial<ContentSettings> = {},
  open: (folder: string) => Promise<BlobStore> = async () => new MemoryBlobs(),
): Promise<ContentBench> {
  const fresh = await freshDatabase();
  const db = await openFresh(fresh, new URL("./writer.ts", import.meta.url));
  const blobs = await open(fresh.folder);
  const clock = new ManualClock(1_000_000_000_000);
  const all = { ...settings, ...overrides };
  const { content, jobs } = openContent({
    db,
    blobs,
    clock,
    settings: all,
    changed: () => {},
    revision: { changed: async () => {} },
    admit: async () => {},
    audit: { witness: (by) => ({ doer: by, at: clock.now(), headKey: "00".repeat(32) }) },
  });
  return {
    content,
    jobs,
    db,
    fresh,
    blobs,
    clock,
    folder: fresh.folder,
    url: fresh.url,
    async close() {
      await db.close();
      await blobs.close();
      await fresh.drop();
    },
  };
}

/** What a job is given, where its log does not matter. */
export function jobContext(clock: ManualClock) {
  return {
    jobId: "test",
    attempt: 1,
    signal: new AbortController().signal,
    log: () => {},
    progress: () => {},
    now: () => clock.now(),
  };
}

export function digestOf(bytes: Uint8Array): Digest {
  return parseDigest(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
}

export function bodyOf(bytes: Uint8Array) {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  return { stream, announced: undefined, start: undefined, progress: () => {} };
}

export async function pushBlob(
  content: Content,
  repository: string,
  text: string,
): Promise<{ digest: Digest; size: number }> {
  const bytes = new TextEncoder().encode(text);
  const digest = digestOf(bytes);
  await content.uploads.upload(parseRepositoryName(repository), pusher, digest, bodyOf(bytes));
  return { digest, size: bytes.byteLength };
}

export interface Described {
  readonly digest: Digest;
  readonly size: number;
}

export interface ManifestShape {
  readonly layers?: readonly Described[];
  readonly children?: readonly Described[];
  readonly config?: Described;
  readonly subject?: Described;
  readonly note?: string;
}

/** Bytes of an image, or of an index when it has children. */
export function manifestBytes(shape: ManifestShape): Uint8Array {
  const { layers = [], children, config, subject, note = "" } = shape;
  const about = {
    annotations: { note },
    ...(subject ? { subject: { mediaType: OCI_MANIFEST, ...subject } } : {}),
  };
  const body =
    children === undefined
      ? {
          schemaVersion: 2,
          mediaType: OCI_MANIFEST,
          config: { mediaType: "application/vnd.test.config", ...config },
          layers: layers.map((layer) => ({ mediaType: "application/vnd.test.layer", ...layer })),
          ...about,
        }
      : {
          schemaVersion: 2,
          mediaType: OCI_INDEX,
          manifests: children.map((child) => ({ mediaType: OCI_MANIFEST, ...child })),
          ...about,
        };
  return new TextEncoder().encode(JSON.stringify(body));
}

/** Pushes a manifest by tag, or by digest without one. */
export async function pushManifest(
  content: Content,
  repository: string,
  shape: ManifestShape,
  tag?: string,
): Promise<Described> {
  const payload = manifestBytes(shape);
  const digest = digestOf(payload);
  await content.manifests.put({
    repository: parseRepositoryName(repository),
    reference: tag === undefined ? { kind: "digest", digest } : { kind: "tag", tag: parseTag(tag) },
    tags: [],
    contentType: undefined,
    payload,
    precondition: { kind: "none" },
    pusher,
  });
  return { digest, size: payload.byteLength };
}
