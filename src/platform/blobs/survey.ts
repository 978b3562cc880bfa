import { join, resolve } from "node:path";
import { DirectorySync } from "./directory-sync.ts";
import { errnoOf, isMissing, storageFault } from "./faults.ts";
import type { FileFacts, FileLayer } from "./file-layer.ts";
import { checkedLocation, isLocation, type Shard } from "./location.ts";
import { nodeLayer } from "./node-layer.ts";

const READ_SIZE = 256 * 1024;
const LOST = "lost+found";
const PREFIXES = Array.from({ length: 256 }, (_, at) => at.toString(16).padStart(2, "0"));

/** A file below `blobs/`. */
export interface SurveyedFile {
  /** Below the root, with slashes. */
  readonly path: string;
  /** False for a name that no upload ever got. */
  readonly isCopy: boolean;
  readonly size: number;
  readonly modifiedAt: number;
  /** Whether its upload still has it under its first name: then that is not over yet. */
  readonly isStaged: boolean;
}

/** The folder of a store as it lies on disk, looked at from beside: nothing is made or tidied up. */
export interface Survey {
  /** Every folder that content can lie in, whether it is there or not. */
  readonly shards: readonly Shard[];
  /** The files of one of them. Throws `service.storage_unavailable`. */
  files(shard: Shard): Promise<SurveyedFile[]>;
  /** Undefined when it is not there. */
  size(path: string): Promise<number | undefined>;
  /** Throws `service.storage_unavailable`. */
  read(location: string): AsyncIterable<Uint8Array>;
  /** Moves a copy to `lost+found` beside `blobs`, durably: nothing is ever deleted. */
  setAside(location: string): Promise<void>;
}

/** Opens a survey of a store's folder. Throws `service.storage_unavailable` when there is none. */
export async function openSurvey(root: string, layer: FileLayer = nodeLayer): Promise<Survey> {
  const folder = resolve(root);
  try {
    await layer.stat(join(folder, "blobs"));
  } catch (error) {
    throw storageFault(error);
  }
  return new FolderSurvey(layer, folder);
}

class FolderSurvey implements Survey {
  readonly shards: readonly Shard[] = ["sha256", "sha512"].flatMap((algorithm) =>
    PREFIXES.map((prefix) => ({ algorithm, prefix })),
  );
  readonly #layer: FileLayer;
  readonly #root: string;

  constructor(layer: FileLayer, root: string) {
    this.#layer = layer;
    this.#root = root;
  }

  async files({ algorithm, prefix }: Shard): Promise<SurveyedFile[]> {
    const folder = `blobs/${algorithm}/${prefix}`;
    const found: SurveyedFile[] = [];
    try {
      for await (const name of this.#layer.list(join(this.#root, folder))) {
        const path = `${folder}/${name}`;
        const facts = await this.#stat(path);
        if (facts === undefined) continue;
        const { size, modifiedAt } = facts;
        const id = name.slice(name.indexOf(".") + 1);
        const isStaged = isLocation(path) && (await this.#stat(`uploads/${id}`)) !== undefined;
        found.push({ path, isCopy: isLocation(path), size, modifiedAt, isStaged });
      }
    } catch (error) {
      if (isMissing(error)) return found;
      throw storageFault(error);
    }
    return found;
  }

  async size(path: string): Promise<number | undefined> {
    return (await this.#stat(path))?.size;
  }

  async *read(location: string): AsyncIterable<Uint8Array> {
    const path = join(this.#root, checkedLocation(location));
    try {
      const fd = await this.#layer.open(path, "read");
      try {
        for (let position = 0; ; ) {
          const buffer = new Uint8Array(READ_SIZE);
          const count = await this.#layer.read(fd, buffer, position);
          if (count === 0) return;
          position += count;
          yield buffer.subarray(0, count);
        }
      } finally {
        await this.#layer.close(fd);
      }
    } catch (error) {
      throw storageFault(error);
    }
  }

  async setAside(location: string): Promise<void> {
    const from = join(this.#root, checkedLocation(location));
    const lost = join(this.#root, LOST);
    const name = location.slice("blobs/".length).replaceAll("/", "-");
    try {
      try {
        await this.#layer.mkdir(lost);
      } catch (error) {
        if (errnoOf(error) !== "EEXIST") throw error;
      }
      await this.#layer.rename(from, join(lost, name));
      const sync = new DirectorySync(this.#layer);
      await sync.sync(lost);
      await sync.sync(join(from, ".."));
    } catch (error) {
      throw storageFault(error);
    }
  }

  async #stat(path: string): Promise<FileFacts | undefined> {
    try {
      return await this.#layer.stat(join(this.#root, path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw storageFault(error);
    }
  }
}
