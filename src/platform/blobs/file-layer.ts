/** Some calls are cheaper at once than on another thread; the layer decides, the caller awaits. */
export type MaybePromise<T> = T | Promise<T>;

/** What the driver needs to know of a file. */
export interface FileFacts {
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  readonly device: number;
  readonly inode: number;
  /** How many names the file has. */
  readonly links: number;
  readonly mode: number;
}

/** `read`: must be there. `write`: read and write, created with mode 0600 where missing. */
export type OpenMode = "read" | "write";

/**
 * Every system call that the filesystem driver makes, so that a test can fail each of them.
 * Faults are the system's own errors with a `code`; paths are absolute.
 */
export interface FileLayer {
  open(path: string, mode: OpenMode): MaybePromise<number>;
  close(fd: number): MaybePromise<void>;
  /**
   * Writes the pieces one after the other from `position` on; may write less than all of them.
   * `atOnce`: on this thread if the layer can, since waiting would cost more than blocking.
   */
  write(
    fd: number,
    pieces: readonly Uint8Array[],
    position: number,
    atOnce: boolean,
  ): MaybePromise<number>;
  /** Reads up to `into.length` bytes; 0 is the end of the file. */
  read(fd: number, into: Uint8Array, position: number): MaybePromise<number>;
  truncate(fd: number, size: number): MaybePromise<void>;
  chmod(fd: number, mode: number): MaybePromise<void>;
  /** fsync: data and everything that is needed to find them. */
  sync(fd: number): Promise<void>;
  /** fdatasync: early, so that the `sync` at the end has little left to do. */
  datasync(fd: number): Promise<void>;
  stat(path: string): MaybePromise<FileFacts>;
  fstat(fd: number): MaybePromise<FileFacts>;
  link(from: string, to: string): MaybePromise<void>;
  rename(from: string, to: string): MaybePromise<void>;
  unlink(path: string): MaybePromise<void>;
  /** Makes one folder of mode 0700 in one that is there. */
  mkdir(path: string): MaybePromise<void>;
  /** Copies bytes and mode into a new file, sharing blocks where the filesystem can. */
  copy(from: string, to: string): MaybePromise<void>;
  /** The names in a folder, read as they are asked for. */
  list(path: string): AsyncIterable<string>;
  space(path: string): MaybePromise<{ total: number; free: number }>;
  /** A body that the kernel sends from the file itself. */
  body(path: string, span?: { start: number; end: number }): Blob;
}
