import { dirname, join } from "node:path";
import { DirectorySync } from "./directory-sync.ts";
import { errnoOf, isMissing, storageFault } from "./faults.ts";
import type { FileFacts, FileLayer } from "./file-layer.ts";
import type { Shard } from "./location.ts";

/**
 * The folders below the root of a store, and the names in them made durable:
 * `uploads/` and `blobs/<algorithm>/<2 hex>/`.
 */
export class Folders {
  readonly root: string;
  readonly uploads: string;
  readonly blobs: string;
  readonly #layer: FileLayer;
  readonly #directories: DirectorySync;
  readonly #ready = new Map<string, Promise<void>>();
  readonly #identity: FileFacts;

  private constructor(layer: FileLayer, directories: DirectorySync, root: string, it: FileFacts) {
    this.#layer = layer;
    this.#directories = directories;
    this.#identity = it;
    this.root = root;
    this.uploads = join(root, "uploads");
    this.blobs = join(root, "blobs");
  }

  /** Opens the folders below an absolute `root` and makes, durably, those that are missing. */
  static async open(layer: FileLayer, root: string): Promise<Folders> {
    const directories = new DirectorySync(layer);
    await makeDurably(layer, directories, join(root, "uploads"));
    await makeDurably(layer, directories, join(root, "blobs"));
    // A store killed between making a folder and syncing its parent left the second to us.
    await directories.sync(root);
    return new Folders(layer, directories, root, await layer.stat(join(root, "blobs")));
  }

  /** The folder of a shard, made durably if this process has not seen to that yet. */
  async shard({ algorithm, prefix }: Shard): Promise<string> {
    await this.#durable(this.blobs, algorithm);
    return this.#durable(join(this.blobs, algorithm), prefix);
  }

  /** Makes every name durable that a folder has now. */
  sync(path: string): Promise<void> {
    return this.#directories.sync(path);
  }

  /** Looks again at folders that were believed to be there. */
  recheck(): void {
    this.#ready.clear();
  }

  /**
   * Throws `service.storage_unavailable` unless the folder opened at the start is still in its
   * place: below an unmounted volume everything is "not found" (law 3: that is never an absence).
   */
  async assertPresent(): Promise<void> {
    let found: FileFacts;
    try {
      found = await this.#layer.stat(this.blobs);
    } catch (error) {
      throw storageFault(error);
    }
    if (found.inode !== this.#identity.inode || found.device !== this.#identity.device) {
      throw storageFault(new Error(`${this.blobs} is not the folder it was at the start`));
    }
  }

  async #durable(parent: string, name: string): Promise<string> {
    const path = join(parent, name);
    let ready = this.#ready.get(path);
    if (!ready) {
      ready = this.#make(parent, path);
      this.#ready.set(path, ready);
      ready.catch(() => this.#ready.delete(path));
    }
    await ready;
    return path;
  }

  async #make(parent: string, path: string): Promise<void> {
    await makeFolder(this.#layer, path);
    // Also where it was there: an earlier process may have died before its sync.
    await this.#directories.sync(parent);
  }
}

async function makeFolder(layer: FileLayer, path: string): Promise<void> {
  try {
    await layer.mkdir(path);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
}

async function makeDurably(layer: FileLayer, sync: DirectorySync, path: string): Promise<void> {
  try {
    await layer.stat(path);
    return;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const parent = dirname(path);
  await makeDurably(layer, sync, parent);
  await makeFolder(layer, path);
  await sync.sync(parent);
}
