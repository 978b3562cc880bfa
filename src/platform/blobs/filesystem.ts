import { join, resolve } from "node:path";
import type { Digest } from "../../oci/digest.ts";
import { Doubt } from "./doubt.ts";
import { damagedAt, isMissing, storageFault } from "./faults.ts";
import type { FileFacts, FileLayer } from "./file-layer.ts";
import { Folders } from "./folders.ts";
import {
  checkedId,
  checkedLocation,
  checkedRange,
  isStagedId,
  locationOf,
  shardOf,
} from "./location.ts";
import { nodeLayer } from "./node-layer.ts";
import type { BlobBody, BlobStore, ByteSpan, StagedWriter } from "./port.ts";
import { Publisher } from "./publisher.ts";
import { StagedFile, type StagingRoom } from "./staged-file.ts";
import { Writeback } from "./writeback.ts";

const READ_SIZE = 256 * 1024;
/** Not an id, so it is never listed: a copy on its way to take the place of a published file's name. */
const COPY_SUFFIX = ".copy";

export interface FilesystemOptions {
  /** The folder of the store; made where it is missing. */
  readonly root: string;
  /** For tests: the layer that makes the system calls. */
  readonly layer?: FileLayer;
}

/**
 * Opens a store in a folder: `uploads/<id>` and `blobs/<algorithm>/<2 hex>/<hex>.<id>`, two names
 * of one file between publish and discard. Throws `service.storage_unavailable`.
 */
export async function openFilesystemBlobs(options: FilesystemOptions): Promise<BlobStore> {
  const layer = options.layer ?? nodeLayer;
  try {
    const folders = await Folders.open(layer, resolve(options.root));
    for await (const name of layer.list(folders.uploads)) {
      if (name.endsWith(COPY_SUFFIX)) await layer.unlink(join(folders.uploads, name));
    }
    return new FilesystemBlobs(layer, folders);
  } catch (error) {
    throw storageFault(error);
  }
}

class FilesystemBlobs implements BlobStore {
  readonly #layer: FileLayer;
  readonly #folders: Folders;
  readonly #doubt: Doubt;
  readonly #room: StagingRoom;
  readonly #publisher: Publisher;

  constructor(layer: FileLayer, folders: Folders) {
    this.#layer = layer;
    this.#folders = folders;
    this.#doubt = new Doubt(layer);
    this.#room = { layer, doubt: this.#doubt, writeback: new Writeback(layer), writers: 0 };
    this.#publisher = new Publisher(layer, folders, this.#doubt);
  }

  async stage(id: string): Promise<StagedWriter> {
    const path = this.#staged(id);
    try {
      const fd = await this.#openUnshared(path);
      return new StagedFile(this.#room, id, fd.fd, fd.size);
    } catch (error) {
      throw storageFault(error);
    }
  }

  async stagedInfo(id: string): Promise<{ size: number; published: boolean } | undefined> {
    const found = await this.#lookUp(this.#staged(id));
    return found && { size: found.size, published: found.links > 1 };
  }

  async *readStaged(id: string): AsyncIterable<Uint8Array> {
    const path = this.#staged(id);
    try {
      yield* this.#chunks(path);
    } catch (error) {
      throw storageFault(error);
    }
  }

  async publish(id: string, digest: Digest): Promise<{ location: string; size: number }> {
    const location = locationOf(id, digest);
    try {
      const size = await this.#publisher.publish(id, this.#staged(id), location, shardOf(digest));
      return { location, size };
    } catch (error) {
      throw storageFault(error);
    }
  }

  locationOf(id: string, digest: Digest): string {
    return locationOf(id, digest);
  }

  async discard(id: string): Promise<void> {
    await this.#unlink(this.#staged(id));
    this.#doubt.forget(id);
  }

  async *listStaged(): AsyncIterable<{ id: string; size: number; modifiedAt: number }> {
    try {
      for await (const id of this.#layer.list(this.#folders.uploads)) {
        if (!isStagedId(id)) continue;
        const found = await this.#lookUp(join(this.#folders.uploads, id));
        if (found) yield { id, size: found.size, modifiedAt: found.modifiedAt };
      }
    } catch (error) {
      throw storageFault(error);
    }
  }

  async stat(location: string): Promise<{ size: number } | undefined> {
    const found = await this.#lookUp(this.#published(location));
    return found && { size: found.size };
  }

  async open(location: string, size: number, range?: ByteSpan): Promise<BlobBody> {
    if (range) checkedRange(range, size);
    const path = this.#published(location);
    const found = await this.#lookUp(path);
    assertWhole(location, size, found?.size);
    if (size === 0) return new Uint8Array(0);
    return range ? this.#layer.body(path, range) : this.#layer.body(path);
  }

  async readAll(location: string, size: number): Promise<Uint8Array<ArrayBuffer>> {
    const path = this.#published(location);
    try {
      const fd = await this.#layer.open(path, "read");
      try {
        assertWhole(location, size, (await this.#layer.fstat(fd)).size);
        const bytes = new Uint8Array(size);
        const count = await fill(this.#layer, fd, bytes, 0);
        assertWhole(location, size, count);
        return bytes;
      } finally {
        await this.#layer.close(fd);
      }
    } catch (error) {
      if (!isMissing(error)) throw storageFault(error);
      await this.#folders.assertPresent();
      throw damagedAt(location, "missing", error);
    }
  }

  async *read(location: string): AsyncIterable<Uint8Array> {
    const path = this.#published(location);
    try {
      yield* this.#chunks(path);
    } catch (error) {
      if (!isMissing(error)) throw storageFault(error);
      await this.#folders.assertPresent();
      throw damagedAt(location, "missing", error);
    }
  }

  async remove(location: string): Promise<void> {
    await this.#unlink(this.#published(location));
  }

  async capacity(): Promise<{ total: number; free: number }> {
    try {
      return await this.#layer.space(this.#folders.root);
    } catch (error) {
      throw storageFault(error);
    }
  }

  async probe(): Promise<void> {
    await this.#folders.assertPresent();
    const path = join(this.#folders.root, ".probe");
    try {
      const fd = await this.#layer.open(path, "write");
      try {
        const count = await this.#layer.write(fd, [new Uint8Array([1])], 0, true);
        if (count !== 1) throw new Error("the system wrote nothing and named no fault");
        await this.#layer.sync(fd);
      } finally {
        await this.#layer.close(fd);
      }
      await this.#layer.unlink(path);
    } catch (error) {
      // Two probes at once may find the file gone: the disk did its work all the same.
      if (!isMissing(error)) throw storageFault(error);
    }
  }

  async close(): Promise<void> {
    // Nothing is held open between calls.
  }

  #staged(id: string): string {
    return join(this.#folders.uploads, checkedId(id));
  }

  #published(location: string): string {
    return join(this.#folders.root, checkedLocation(location));
  }

  /** Opens staged bytes for writing; those that have a final name too are first made our own. */
  async #openUnshared(path: string): Promise<{ fd: number; size: number }> {
    const fd = await this.#layer.open(path, "write");
    try {
      const { links, size } = await this.#layer.fstat(fd);
      if (links === 1) return { fd, size };
    } catch (error) {
      await this.#layer.close(fd);
      throw error;
    }
    await this.#layer.close(fd);
    await this.#layer.copy(path, path + COPY_SUFFIX);
    await this.#layer.rename(path + COPY_SUFFIX, path);
    return this.#openUnshared(path);
  }

  async *#chunks(path: string): AsyncGenerator<Uint8Array> {
    const fd = await this.#layer.open(path, "read");
    try {
      for (let position = 0; ; ) {
        const buffer = new Uint8Array(READ_SIZE);
        const count = await fill(this.#layer, fd, buffer, position);
        if (count > 0) yield buffer.subarray(0, count);
        if (count < READ_SIZE) return;
        position += count;
      }
    } finally {
      await this.#layer.close(fd);
    }
  }

  /** `undefined` only where the store is there and the name is not. */
  async #lookUp(path: string): Promise<FileFacts | undefined> {
    try {
      return await this.#layer.stat(path);
    } catch (error) {
      if (!isMissing(error)) throw storageFault(error);
      await this.#folders.assertPresent();
      return undefined;
    }
  }

  async #unlink(path: string): Promise<void> {
    try {
      await this.#layer.unlink(path);
    } catch (error) {
      if (!isMissing(error)) throw storageFault(error);
      await this.#folders.assertPresent();
    }
  }
}

/** Reads until `into` is full or the file ends; returns how many bytes there were. */
async function fill(layer: FileLayer, fd: number, into: Uint8Array, from: number): Promise<number> {
  let count = 0;
  while (count < into.length) {
    const read = await layer.read(fd, into.subarray(count), from + count);
    if (read === 0) break;
    count += read;
  }
  return count;
}

function assertWhole(location: string, size: number, found: number | undefined): void {
  if (found === undefined) throw damagedAt(location, "missing");
  if (found !== size) throw damagedAt(location, `${found} bytes instead of ${size}`);
}
