import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { algorithmOf, type Digest, encodedOf, isDigest } from "../../../oci/digest.ts";

/** Where a registry keeps its two folders below the one that people name. */
const PLACES = ["", "docker/registry/v2", "data/docker/registry/v2", "registry/v2"];
/** A link holds a digest and nothing more. */
const MOST_LINK = 256;

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Names of the folders in a folder, in order; none where it is not there. */
async function foldersIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory());
    return folders.map(({ name }) => name).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The storage of a `registry:2` as it lies on disk, only ever read. */
export class RegistryLayout {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Throws `adopt.no_registry` for a folder that holds none. */
  static async open(folder: string): Promise<RegistryLayout> {
    for (const place of PLACES) {
      const root = join(folder, place);
      if ((await isFolder(join(root, "blobs"))) && (await isFolder(join(root, "repositories")))) {
        return new RegistryLayout(root);
      }
    }
    throw failure("adopt.no_registry", { path: folder });
  }

  /** Names of repositories, in order. */
  async *repositories(below = ""): AsyncGenerator<string> {
    for (const name of await foldersIn(join(this.#root, "repositories", below))) {
      // Its own folders begin with a sign that no name begins with.
      if (name.startsWith("_")) continue;
      const path = below === "" ? name : `${below}/${name}`;
      if (await isFolder(join(this.#root, "repositories", path, "_manifests"))) yield path;
      yield* this.repositories(path);
    }
  }

  /** Digests of the manifests that a repository holds. */
  revisions(repository: string): Promise<Digest[]> {
    return this.#linked(join("repositories", repository, "_manifests", "revisions"));
  }

  /** Digests of the blobs that a repository holds. */
  layers(repository: string): Promise<Digest[]> {
    return this.#linked(join("repositories", repository, "_layers"));
  }

  /** Tags with what they name; null for one whose link cannot be read. */
  async tags(repository: string): Promise<readonly (readonly [string, Digest | null])[]> {
    const folder = join(this.#root, "repositories", repository, "_manifests", "tags");
    const found: [string, Digest | null][] = [];
    for (const tag of await foldersIn(folder)) {
      found.push([tag, await this.#link(join(folder, tag, "current", "link"))]);
    }
    return found;
  }

  /** The file with the bytes of a digest. */
  fileOf(digest: Digest): string {
    const hex = encodedOf(digest);
    return join(this.#root, "blobs", algorithmOf(digest), hex.slice(0, 2), hex, "data");
  }

  /** Undefined when it is not there. */
  async sizeOf(digest: Digest): Promise<number | undefined> {
    try {
      return (await stat(this.fileOf(digest))).size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Folders of algorithms, in each one a folder for every digest with a link in it. */
  async #linked(folder: string): Promise<Digest[]> {
    const found: Digest[] = [];
    const at = join(this.#root, folder);
    for (const algorithm of await foldersIn(at)) {
      for (const hex of await foldersIn(join(at, algorithm))) {
        // A registry that deleted something leaves the folder and takes the link away.
        const digest = await this.#link(join(at, algorithm, hex, "link"));
        if (digest !== null && digest === `${algorithm}:${hex}`) found.push(digest);
      }
    }
    return found;
  }

  async #link(path: string): Promise<Digest | null> {
    try {
      if ((await stat(path)).size > MOST_LINK) return null;
      const text = (await readFile(path, "utf8")).trim();
      return isDigest(text) ? text : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}
