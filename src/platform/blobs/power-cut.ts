import * as fs from "node:fs";
import { dirname } from "node:path";
import type { FileLayer, MaybePromise, OpenMode } from "./file-layer.ts";

/** What the disk holds of a file that is being written. */
interface Surface {
  /** Bytes from the first on that a sync brought to the disk. */
  durable: number;
  size: number;
}

/**
 * Remembers what was not synced, so that a test can take the power away: unsynced bytes turn to
 * zeros, unsynced names go. A real disk may keep any part of either; `cut` does both extremes.
 */
export class PowerCutLayer {
  readonly layer: FileLayer;
  readonly #files = new Map<number, Surface>();
  readonly #paths = new Map<number, string>();
  readonly #inodes = new Map<number, number>();
  readonly #unsynced = new Set<string>();

  constructor(inner: FileLayer) {
    this.layer = {
      ...inner,
      open: async (path: string, mode: OpenMode) => {
        const isNew = mode === "write" && !fs.existsSync(path);
        const fd = await inner.open(path, mode);
        const { inode, size } = await inner.fstat(fd);
        this.#paths.set(fd, path);
        this.#inodes.set(fd, inode);
        if (isNew) {
          this.#unsynced.add(path);
          this.#files.set(inode, { durable: 0, size: 0 });
        } else if (!this.#files.has(inode)) {
          this.#files.set(inode, { durable: size, size });
        }
        return fd;
      },
      write: async (fd, pieces, position, atOnce) => {
        const count = await inner.write(fd, pieces, position, atOnce);
        const file = this.#fileOf(fd);
        file.size = Math.max(file.size, position + count);
        file.durable = Math.min(file.durable, position);
        return count;
      },
      truncate: async (fd, size) => {
        await inner.truncate(fd, size);
        const file = this.#fileOf(fd);
        file.size = size;
        file.durable = Math.min(file.durable, size);
      },
      sync: (fd) => this.#sync(fd, inner.sync(fd)),
      datasync: (fd) => this.#sync(fd, inner.datasync(fd)),
      link: (from, to) => this.#named(to, inner.link(from, to)),
      rename: (from, to) => this.#named(to, inner.rename(from, to)),
      mkdir: (path) => this.#named(path, inner.mkdir(path)),
    };
  }

  /** Takes the power away. `names` says whether names that were never synced are on the disk. */
  cut(names: "kept" | "lost"): void {
    if (names === "lost") {
      for (const path of this.#unsynced) fs.rmSync(path, { recursive: true, force: true });
    }
    for (const [inode, { durable, size }] of this.#files) {
      const path = [...this.#paths.values(), ...this.#unsynced].find(
        (it) => fs.existsSync(it) && fs.statSync(it).isFile() && fs.statSync(it).ino === inode,
      );
      if (path === undefined || durable === size) continue;
      fs.truncateSync(path, durable);
      fs.truncateSync(path, size);
    }
  }

  async #sync(fd: number, sync: Promise<void>): Promise<void> {
    const file = this.#fileOf(fd);
    const size = file.size;
    const path = this.#paths.get(fd);
    // A sync covers the names that were there when it started.
    const covered = [...this.#unsynced].filter((it) => dirname(it) === path);
    await sync;
    file.durable = size;
    for (const name of covered) this.#unsynced.delete(name);
  }

  async #named(path: string, done: MaybePromise<void>): Promise<void> {
    await done;
    this.#unsynced.add(path);
  }

  #fileOf(fd: number): Surface {
    const file = this.#files.get(this.#inodes.get(fd) ?? -1);
    if (!file) throw new Error("not opened through this layer");
    return file;
  }
}
