import type { FileLayer } from "./file-layer.ts";

/** So many written bytes of one file may wait for the disk before they are sent on their way. */
const AHEAD = 32 * 1024 * 1024;

/**
 * Brings large uploads to the disk while they still arrive, so that the sync at their end is short
 * (1 GiB: 17 ms instead of 480 ms, and the disk works while the CPU hashes).
 *
 * One file at a time: a sync holds one of the few I/O threads, and the others are for writing.
 */
export class Writeback {
  readonly #layer: FileLayer;
  #busy = false;

  constructor(layer: FileLayer) {
    this.#layer = layer;
  }

  /** Whether a file with `bytes` unsynced bytes should call `start` now. */
  isDue(bytes: number): boolean {
    return bytes >= AHEAD && !this.#busy;
  }

  /** Syncs the file's data. A failure leaves it open what reached the disk. */
  async start(fd: number): Promise<void> {
    this.#busy = true;
    try {
      await this.#layer.datasync(fd);
    } finally {
      this.#busy = false;
    }
  }
}
