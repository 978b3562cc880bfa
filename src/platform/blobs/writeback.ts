import { totalmem } from "node:os";
import { dirtyMemory } from "./dirty-memory.ts";
import type { FileLayer } from "./file-layer.ts";

const MIB = 1024 * 1024;
/** So many written bytes of one file may wait for the disk before they are sent on their way... */
const AHEAD = 32 * MIB;
/** ...and so many while this many wait in all. */
const AHEAD_IN_A_CROWD = 8 * MIB;
const CROWD = 128 * MIB;
/**
 * Beyond this writers wait for the disk: a little before the point (15 % of memory) at which the
 * kernel would stop our thread, and everybody's answers with it. Not earlier, because a request body
 * that has to wait gathers some 2 MB in the server.
 */
const MOST = Math.min(totalmem(), process.constrainedMemory() || Infinity) / 8;

/**
 * Brings large uploads to the disk while they still arrive, so that the sync at their end is short
 * (1 GiB: 17 ms instead of 480 ms, and the disk works while the CPU hashes), and holds writers back
 * that are faster than the disk.
 *
 * One file at a time: a sync holds one of the few I/O threads, and the others are for writing.
 */
export class Writeback {
  readonly #layer: FileLayer;
  readonly #most: number;
  readonly #dirty: () => number | undefined;
  #running: Promise<void> | undefined;
  #unsynced = 0;

  /**
   * `most`: so many unsynced bytes in all before writers wait, unless the kernel itself has fewer
   * left to write, as `dirty` tells: it brings much to the disk that we have not yet asked it to.
   */
  constructor(layer: FileLayer, most = MOST, dirty = dirtyMemory()) {
    this.#layer = layer;
    this.#most = most;
    this.#dirty = dirty;
  }

  /** Counts bytes that were written, or with a minus those that were synced, cut or given up. */
  count(bytes: number): void {
    this.#unsynced += bytes;
  }

  /** Whether a file with `bytes` unsynced bytes should be synced now. */
  isDue(bytes: number): boolean {
    return !this.#running && bytes >= (this.#unsynced > CROWD ? AHEAD_IN_A_CROWD : AHEAD);
  }

  /** Syncs a file's data. A failure leaves it open what reached the disk. */
  sync(fd: number): Promise<void> {
    const sync = this.#layer.datasync(fd);
    const done = () => {
      this.#running = undefined;
    };
    this.#running = sync.then(done, done);
    return sync;
  }

  /** What a writer waits for before it takes more; nothing while the disk keeps up. */
  hold(): Promise<void> | undefined {
    if (this.#unsynced <= this.#most) return undefined;
    const dirty = this.#dirty();
    return dirty === undefined || dirty > this.#most ? this.#running : undefined;
  }
}
