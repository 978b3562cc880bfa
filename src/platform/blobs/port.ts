import type { Digest } from "../../oci/digest.ts";

/** What a `Response` takes as its body; for files a file-backed `Blob`, so that the kernel sends it. */
export type BlobBody = Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

/** A part of a blob: both ends belong to it. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** The bytes of an upload on their way in. One writer an upload, one call at a time. */
export interface StagedWriter {
  /** Bytes accepted so far, those of earlier writers of the same upload included. */
  readonly size: number;
  /**
   * Appends `chunk`, which belongs to the writer from now on: the writer may take its buffer away
   * (detach it) as soon as its bytes are written.
   * The caller waits for a promise before it goes on: that is the back-pressure.
   */
  write(chunk: Uint8Array): Promise<void> | void;
  /** Cuts the upload to `size` bytes, which must not be more than it has. */
  truncate(size: number): Promise<void>;
  /** Hands every accepted byte to the operating system: they survive the process, not a power cut. */
  flush(): Promise<void>;
  /** Flushes and lets go. Idempotent. */
  close(): Promise<void>;
}

/**
 * Where bytes live. The database says what exists; the store never decides it.
 *
 * Every call may throw `service.storage_unavailable`; those that write also `service.storage_full`.
 * Neither ever means "not there". Ids are `[a-z0-9]{16,64}`; a malformed id or location is a
 * `RangeError`, since none of them ever comes from a client unchecked.
 */
export interface BlobStore {
  /**
   * Opens the staged bytes of an upload for appending and creates them where there are none.
   * Bytes that were published are never written again: then the writer gets a copy of its own.
   */
  stage(id: string): Promise<StagedWriter>;
  /** `published`: these very bytes have a final name besides (a crash came between it and the commit). */
  stagedInfo(id: string): Promise<{ size: number; published: boolean } | undefined>;
  /** All staged bytes from the first on, for hashing anew. */
  readStaged(id: string): AsyncIterable<Uint8Array>;
  /**
   * Makes the staged bytes durable and gives them their final, unique, immutable location.
   * Resolves only when bytes and name survive a power cut. Idempotent; the staged name stays.
   * The caller has hashed every staged byte, and its writer is closed.
   *
   * After a failure that leaves it open what reached the disk, every later call for these bytes
   * throws `service.content_damaged`, until they are cut to nothing and written anew.
   */
  publish(id: string, digest: Digest): Promise<{ location: string; size: number }>;
  /** The location that `publish(id, digest)` gives. Pure. */
  locationOf(id: string, digest: Digest): string;
  /** Removes the staged name and nothing else. Idempotent. */
  discard(id: string): Promise<void>;
  /** The staged uploads in no order; `modifiedAt` in milliseconds since the epoch. */
  listStaged(): AsyncIterable<{ id: string; size: number; modifiedAt: number }>;
  /** `undefined` only when the store is there and has no such bytes. */
  stat(location: string): Promise<{ size: number } | undefined>;
  /**
   * The bytes to send. What is not there, or is not `size` bytes long, throws
   * `service.content_damaged`: damage is never a short 200.
   */
  open(location: string, size: number, range?: ByteSpan): Promise<BlobBody>;
  /** Like `open`, in memory: for small blobs, bounded by the caller. */
  readAll(location: string, size: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The bytes piece by piece, however many there are: for checking them. What is not there throws
   * `service.content_damaged`; bytes that cannot be read, `service.storage_unavailable`.
   */
  read(location: string): AsyncIterable<Uint8Array>;
  /** Removes the bytes for good. Idempotent. */
  remove(location: string): Promise<void>;
  /** Bytes; `free` is what this process may still use. */
  capacity(): Promise<{ total: number; free: number }>;
  /** Writes, syncs and removes a tiny file: throws what a push would meet. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
