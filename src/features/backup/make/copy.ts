import { join } from "node:path";
import { Failure } from "../../../kernel/errors/catalogue.ts";
import type { Pace } from "../../../kernel/pace.ts";
import { type Digest, isDigest } from "../../../oci/digest.ts";
import type { BlobBody, BlobStore } from "../../../platform/blobs/port.ts";
import type { Database } from "../../../platform/database/port.ts";
import { PackWriter, readPack } from "../folder/pack.ts";
import { type Shelf, WrongBytes } from "../folder/shelf.ts";
import {
  BLOBS_FILE,
  DAMAGED_FILE,
  type DamagedBlob,
  NAMED_DAMAGED,
  type Snapshot,
  type SnapshotFile,
  tableFile,
} from "../format.ts";
import { decodeRow } from "../rules.ts";
import { type BlobRow, blobNow } from "../store.ts";

export interface CopyParts {
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly shelf: Shelf;
  readonly signal: AbortSignal;
  readonly pace: Pace;
  /** Told after each blob. */
  readonly progress: (done: number, total: number) => void;
  readonly damaged: (blob: DamagedBlob) => Promise<void>;
}

/** What was written of the content. */
export type Copied = Pick<Snapshot, "content" | "copied" | "damaged"> & {
  readonly files: readonly SnapshotFile[];
};

/** Something is wrong with these bytes alone. */
class Unreadable extends Error {}

async function* bytesOf(body: BlobBody): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) yield body;
  else yield* body instanceof Blob ? body.stream() : body;
}

/** The bytes of a blob. Throws `Unreadable` when it is these that are wrong, not the whole store. */
async function* sourceOf(
  { blobs, signal, pace }: CopyParts,
  { location, size }: BlobRow,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of bytesOf(await blobs.open(location, size))) {
      await pace.take(chunk.byteLength, signal);
      yield chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    await blobs.probe();
    throw new Unreadable(error instanceof Failure ? error.code : "service.storage_unavailable", {
      cause: error,
    });
  }
}

/** Copies one blob. Gives why it could not be copied, when these bytes are damaged. */
async function copyOne(
  parts: CopyParts,
  row: BlobRow,
  digest: Digest,
): Promise<string | undefined> {
  const { db, shelf } = parts;
  try {
    await shelf.put(digest, row.size, sourceOf(parts, row));
    return undefined;
  } catch (error) {
    if (!(error instanceof Unreadable || error instanceof WrongBytes)) throw error;
    // A push may have put a sound copy into its place since the rows were read.
    const now = await blobNow(db, digest);
    if (now !== undefined && now.state === "live" && now.location !== row.location) {
      return await copyOne(parts, now, digest);
    }
    return error instanceof Unreadable ? error.message : "service.content_damaged";
  }
}

/** The columns of the table of blobs, by name, out of a line of its file. */
function blobReader(snapshot: Pick<Snapshot, "tables">): (line: string) => BlobRow {
  const columns = snapshot.tables.find(({ name }) => name === "blobs")?.columns ?? [];
  const at = (name: string) => columns.indexOf(name);
  const [digest, size, location, state] = ["digest", "size", "location", "state"].map(at);
  return (line) => {
    const row = decodeRow(line, columns.length);
    return {
      digest: String(row[digest ?? -1]),
      size: Number(row[size ?? -1]),
      location: String(row[location ?? -1]),
      state: String(row[state ?? -1]),
    };
  };
}

/**
 * Copies the content that the rows of a snapshot speak of, as far as it is not there yet, and lists
 * it: `[digest, size]` in the order of digests. What a sweeper has taken is not wanted any more;
 * what is damaged is listed apart, and the rest goes on.
 */
export async function copyContent(
  parts: CopyParts,
  folder: string,
  dumped: Pick<Snapshot, "tables">,
): Promise<Copied> {
  const { shelf, signal } = parts;
  const total = dumped.tables.find(({ name }) => name === "blobs")?.rows ?? 0;
  const read = blobReader(dumped);
  const content = { blobs: 0, bytes: 0 };
  const copied = { blobs: 0, bytes: 0 };
  const damaged = { count: 0, first: [] as DamagedBlob[] };
  const kept = await PackWriter.create(join(folder, BLOBS_FILE));
  const lost = await PackWriter.create(join(folder, DAMAGED_FILE));
  try {
    let done = 0;
    for await (const line of readPack(join(folder, tableFile("blobs")))) {
      signal.throwIfAborted();
      const row = read(line);
      done += 1;
      const { digest, size, state } = row;
      if (!isDigest(digest) || state === "reclaiming") continue;
      const isThere = (await shelf.sizeOf(digest)) === size;
      const reason = isThere ? undefined : await copyOne(parts, row, digest);
      if (reason === undefined) {
        await kept.write(JSON.stringify([digest, size]));
        content.blobs += 1;
        content.bytes += size;
        copied.blobs += isThere ? 0 : 1;
        copied.bytes += isThere ? 0 : size;
      } else {
        const blob = { digest, size, reason };
        await lost.write(JSON.stringify(blob));
        damaged.count += 1;
        if (damaged.count <= NAMED_DAMAGED) damaged.first.push(blob);
        await parts.damaged(blob);
      }
      parts.progress(done, total);
    }
    await shelf.sync();
    const files = [
      [BLOBS_FILE, await kept.finish()],
      [DAMAGED_FILE, await lost.finish()],
    ] as const;
    return {
      ...{ content, copied, damaged },
      files: files.map(([path, { size, sha256 }]) => ({ path, size, sha256 })),
    };
  } finally {
    await kept.close();
    await lost.close();
  }
}
