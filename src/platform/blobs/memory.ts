import { failure } from "../../kernel/errors/catalogue.ts";
import type { Digest } from "../../oci/digest.ts";
import { contentDamaged, damagedAt, storageFault } from "./faults.ts";
import { checkedId, checkedLocation, checkedRange, locationOf } from "./location.ts";
import type { BlobBody, BlobStore, ByteSpan, StagedWriter } from "./port.ts";

/** Staged bytes in the order of their arrival. */
interface Staged {
  chunks: Uint8Array[];
  size: number;
  modifiedAt: number;
}

export interface MemoryOptions {
  /** How many bytes the store may hold; more is `service.storage_full`. */
  readonly capacity?: number;
  /** Milliseconds since the epoch, for `listStaged`. */
  readonly now?: () => number;
}

/** A store for tests: it forgets everything, and otherwise behaves as the folder does. */
export class MemoryBlobs implements BlobStore {
  readonly #capacity: number;
  readonly #now: () => number;
  readonly #staged = new Map<string, Staged>();
  readonly #blobs = new Map<string, Uint8Array<ArrayBuffer>>();
  /** Which location shares its bytes with which staged ones, as two names of one file do. */
  readonly #shared = new Map<string, { location: string; blob: Uint8Array }>();

  constructor(options: MemoryOptions = {}) {
    this.#capacity = options.capacity ?? 2 ** 40;
    this.#now = options.now ?? Date.now;
  }

  async stage(id: string): Promise<StagedWriter> {
    const fresh = { chunks: [], size: 0, modifiedAt: this.#now() };
    const staged = this.#staged.get(checkedId(id)) ?? fresh;
    this.#staged.set(id, staged);
    this.#shared.delete(id);
    return new MemoryWriter(staged, this.#now, (more) => this.#reserve(more));
  }

  async stagedInfo(id: string): Promise<{ size: number; published: boolean } | undefined> {
    const staged = this.#staged.get(checkedId(id));
    if (!staged) return undefined;
    const shared = this.#shared.get(id);
    const published = shared !== undefined && this.#blobs.get(shared.location) === shared.blob;
    return { size: staged.size, published };
  }

  async *readStaged(id: string): AsyncIterable<Uint8Array> {
    const staged = this.#staged.get(checkedId(id));
    if (!staged) throw storageFault(new Error(`no staged bytes of ${id}`));
    yield* staged.chunks;
  }

  async publish(id: string, digest: Digest): Promise<{ location: string; size: number }> {
    const location = locationOf(id, digest);
    const staged = this.#staged.get(id);
    if (!staged) throw contentDamaged(digest, `the staged bytes of ${id} are gone`);
    const blob = joined(staged);
    this.#blobs.set(location, blob);
    this.#shared.set(id, { location, blob });
    return { location, size: blob.length };
  }

  locationOf(id: string, digest: Digest): string {
    return locationOf(id, digest);
  }

  async discard(id: string): Promise<void> {
    this.#staged.delete(checkedId(id));
    this.#shared.delete(id);
  }

  async *listStaged(): AsyncIterable<{ id: string; size: number; modifiedAt: number }> {
    for (const [id, { size, modifiedAt }] of [...this.#staged]) yield { id, size, modifiedAt };
  }

  async stat(location: string): Promise<{ size: number } | undefined> {
    const blob = this.#blobs.get(checkedLocation(location));
    return blob && { size: blob.length };
  }

  async open(location: string, size: number, range?: ByteSpan): Promise<BlobBody> {
    if (range) checkedRange(range, size);
    const blob = await this.readAll(location, size);
    return range ? blob.subarray(range.start, range.end + 1) : blob;
  }

  async readAll(location: string, size: number): Promise<Uint8Array<ArrayBuffer>> {
    const blob = this.#blobs.get(checkedLocation(location));
    if (!blob) throw damagedAt(location, "missing");
    if (blob.length !== size) throw damagedAt(location, `${blob.length} bytes instead of ${size}`);
    return blob.slice();
  }

  async *read(location: string): AsyncIterable<Uint8Array> {
    const blob = this.#blobs.get(checkedLocation(location));
    if (!blob) throw damagedAt(location, "missing");
    if (blob.length > 0) yield blob;
  }

  async remove(location: string): Promise<void> {
    this.#blobs.delete(checkedLocation(location));
  }

  async capacity(): Promise<{ total: number; free: number }> {
    return { total: this.#capacity, free: this.#capacity - this.#used() };
  }

  async probe(): Promise<void> {
    this.#reserve(1);
  }

  async close(): Promise<void> {
    // What was stored stays as long as the object does.
  }

  /** Counts as the folder does: published bytes that are still staged lie there once. */
  #used(): number {
    let used = 0;
    for (const [id, { size }] of this.#staged) if (!this.#shared.has(id)) used += size;
    for (const blob of this.#blobs.values()) used += blob.length;
    return used;
  }

  #reserve(bytes: number): void {
    const free = this.#capacity - this.#used();
    if (bytes > free) throw failure("service.storage_full", { free });
  }
}

class MemoryWriter implements StagedWriter {
  readonly #staged: Staged;
  readonly #now: () => number;
  readonly #reserve: (bytes: number) => void;
  #closed = false;

  constructor(staged: Staged, now: () => number, reserve: (bytes: number) => void) {
    this.#staged = staged;
    this.#now = now;
    this.#reserve = reserve;
  }

  get size(): number {
    return this.#staged.size;
  }

  write(chunk: Uint8Array): void {
    this.#check();
    if (chunk.length === 0) return;
    this.#reserve(chunk.length);
    this.#staged.chunks.push(chunk.slice());
    this.#staged.size += chunk.length;
    this.#staged.modifiedAt = this.#now();
  }

  async truncate(size: number): Promise<void> {
    this.#check();
    if (!Number.isSafeInteger(size) || size < 0 || size > this.#staged.size) {
      throw new RangeError("an upload can only be cut to what it has");
    }
    const kept = joined(this.#staged).slice(0, size);
    this.#staged.chunks = size > 0 ? [kept] : [];
    this.#staged.size = size;
  }

  async flush(): Promise<void> {
    this.#check();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #check(): void {
    if (this.#closed) throw new TypeError("the writer is closed");
  }
}

function joined(staged: Staged): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(staged.size);
  let at = 0;
  for (const chunk of staged.chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
