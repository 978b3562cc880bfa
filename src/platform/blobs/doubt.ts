import type { FileFacts, FileLayer } from "./file-layer.ts";

const TRUSTED = 0o600;
/** The owner's execute bit means nothing else on our files, and every owner may set it. */
const DOUBTED = 0o700;

/**
 * Remembers which staged bytes saw a failed sync.
 *
 * After a failed fsync the kernel may call pages clean that never reached the disk, and the next
 * fsync succeeds: a second try proves nothing. The mark lies in the file's mode too, so that it
 * outlives the process as the pages do; after a power cut the pages are gone and with them the doubt.
 */
export class Doubt {
  readonly #layer: FileLayer;
  readonly #ids = new Set<string>();

  constructor(layer: FileLayer) {
    this.#layer = layer;
  }

  isDoubted(id: string, file: FileFacts): boolean {
    return this.#ids.has(id) || (file.mode & 0o777) === DOUBTED;
  }

  /** `fd` is the open file, or nothing when it could not even be closed. */
  async raise(id: string, fd?: number): Promise<void> {
    this.#ids.add(id);
    if (fd === undefined) return;
    try {
      await this.#layer.chmod(fd, DOUBTED);
    } catch {
      // The mark in memory holds while the process does, and a disk this ill is not to be counted on.
    }
  }

  /** The bytes were cut to nothing: what follows is new. Called before the first of it is written. */
  async clear(id: string, fd: number): Promise<void> {
    await this.#layer.chmod(fd, TRUSTED);
    this.#ids.delete(id);
  }

  /** The staged name is gone. */
  forget(id: string): void {
    this.#ids.delete(id);
  }
}
