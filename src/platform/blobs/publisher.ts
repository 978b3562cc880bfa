import { join, relative } from "node:path";
import type { Doubt } from "./doubt.ts";
import { contentDamaged, errnoOf, isMissing } from "./faults.ts";
import type { FileFacts, FileLayer } from "./file-layer.ts";
import type { Folders } from "./folders.ts";
import { digestIn, type Shard } from "./location.ts";

/** What filesystems say that know no second name for a file, or none across these two folders. */
const CANNOT_LINK = new Set(["EPERM", "EOPNOTSUPP", "ENOTSUP", "ENOSYS", "EXDEV", "EMLINK"]);

/**
 * Gives staged bytes their final name so that bytes and name survive a power cut (law 2):
 * sync the file, then link it, then sync the folder of the link.
 */
export class Publisher {
  readonly #layer: FileLayer;
  readonly #folders: Folders;
  readonly #doubt: Doubt;

  constructor(layer: FileLayer, folders: Folders, doubt: Doubt) {
    this.#layer = layer;
    this.#folders = folders;
    this.#doubt = doubt;
  }

  /** Returns the size. Throws the system's error, or `service.content_damaged` for doubted bytes. */
  async publish(id: string, staged: string, location: string, shard: Shard): Promise<number> {
    const final = join(this.#folders.root, location);
    const from = await this.#source(staged, final);
    const fd = await this.#layer.open(from, "read");
    try {
      const file = await this.#layer.fstat(fd);
      if (this.#doubt.isDoubted(id, file)) {
        throw contentDamaged(digestIn(location), `a sync of upload ${id} failed earlier`);
      }
      // Not run beside the making of the folder: the name must come after the bytes.
      await this.#durable(id, fd, this.#layer.sync(fd));
      const folder = await this.#folders.shard(shard);
      if (from !== final) await this.#name(staged, final, file);
      await this.#durable(id, fd, this.#folders.sync(folder));
      return file.size;
    } finally {
      await this.#layer.close(fd);
    }
  }

  /** Where a filesystem cannot link, a publish that is repeated finds only the final name. */
  async #source(staged: string, final: string): Promise<string> {
    for (const path of [staged, final]) {
      try {
        await this.#layer.stat(path);
        return path;
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
    await this.#folders.assertPresent();
    throw contentDamaged(
      digestIn(relative(this.#folders.root, final)),
      `neither ${staged} nor ${final} is there`,
    );
  }

  async #name(staged: string, final: string, file: FileFacts): Promise<void> {
    try {
      await this.#layer.link(staged, final);
    } catch (error) {
      const errno = errnoOf(error) ?? "";
      if (errno === "EEXIST") {
        const found = await this.#layer.stat(final);
        if (found.inode === file.inode && found.device === file.device) return;
      } else if (!CANNOT_LINK.has(errno)) {
        // Should somebody have removed the folder, the next publish makes it again.
        this.#folders.recheck();
        throw error;
      }
      // Takes the place of an older file in one step, should there be one.
      await this.#layer.rename(staged, final);
    }
  }

  async #durable(id: string, fd: number, sync: Promise<void>): Promise<void> {
    try {
      await sync;
    } catch (error) {
      await this.#doubt.raise(id, fd);
      throw error;
    }
  }
}
