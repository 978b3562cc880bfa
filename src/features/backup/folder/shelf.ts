import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "../../../kernel/ids.ts";
import { algorithmOf, type Digest, encodedOf, isDigest } from "../../../oci/digest.ts";
import { newHasher } from "../../../platform/blobs/hasher.ts";
import { syncFolder } from "../../../platform/files/sync-folder.ts";

/** The bytes are not what their digest says, or could not be read. */
export class WrongBytes extends Error {}

function isMissing(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "code") === "ENOENT";
}

export const ALGORITHMS = ["sha256", "sha512"] as const;

/** All two-digit prefixes in order. */
export const PREFIXES = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, "0"));

/** Content by digest, each once for all snapshots: `content/<algorithm>/<2 hex>/<hex>`. */
export class Shelf {
  readonly #root: string;
  readonly #touched = new Set<string>();

  constructor(folder: string) {
    this.#root = join(folder, "content");
  }

  get #incoming(): string {
    return join(this.#root, "incoming");
  }

  #folderOf(digest: Digest): string {
    return join(this.#root, algorithmOf(digest), encodedOf(digest).slice(0, 2));
  }

  #pathOf(digest: Digest): string {
    return join(this.#folderOf(digest), encodedOf(digest));
  }

  /** Throws away what a copy that died left behind. */
  async clean(): Promise<void> {
    await rm(this.#incoming, { recursive: true, force: true });
  }

  /** Size of what is there under a digest; undefined where nothing is. */
  async sizeOf(digest: Digest): Promise<number | undefined> {
    try {
      return (await stat(this.#pathOf(digest))).size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  read(digest: Digest): AsyncIterable<Uint8Array> {
    return createReadStream(this.#pathOf(digest), { highWaterMark: 256 * 1024 });
  }

  /**
   * Takes bytes in under their digest, hashed as they come: the name is there only once the bytes
   * are durable. Throws `WrongBytes`, and what `source` throws.
   */
  async put(digest: Digest, size: number, source: AsyncIterable<Uint8Array>): Promise<void> {
    const folder = this.#folderOf(digest);
    for (const each of [this.#incoming, folder])
      await mkdir(each, { recursive: true, mode: 0o700 });
    const path = join(this.#incoming, newId());
    const hasher = newHasher(algorithmOf(digest));
    const file = await open(path, "wx", 0o600);
    let isKept = false;
    try {
      let length = 0;
      for await (const chunk of source) {
        hasher.update(chunk);
        length += chunk.length;
        if (length > size) throw new WrongBytes(`more than ${size} bytes`);
        await file.writeFile(chunk);
      }
      if (length !== size) throw new WrongBytes(`${length} bytes instead of ${size}`);
      if (hasher.digest() !== digest) throw new WrongBytes(`the bytes are ${hasher.digest()}`);
      await file.sync();
      await rename(path, this.#pathOf(digest));
      this.#touched.add(folder);
      isKept = true;
    } finally {
      await file.close();
      if (!isKept) await rm(path, { force: true });
    }
  }

  /** Makes the names of all that was taken in durable. */
  async sync(): Promise<void> {
    for (const folder of this.#touched) await syncFolder(folder);
    this.#touched.clear();
    for (const algorithm of ALGORITHMS) await syncIfThere(join(this.#root, algorithm));
    await syncIfThere(this.#root);
  }

  /** The digests with a prefix, in no order. */
  async list(algorithm: (typeof ALGORITHMS)[number], prefix: string): Promise<Digest[]> {
    try {
      const names = await readdir(join(this.#root, algorithm, prefix));
      return names.map((name) => `${algorithm}:${name}`).filter(isDigest);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** Idempotent. */
  async remove(digest: Digest): Promise<void> {
    try {
      await unlink(this.#pathOf(digest));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

async function syncIfThere(folder: string): Promise<void> {
  try {
    await syncFolder(folder);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
