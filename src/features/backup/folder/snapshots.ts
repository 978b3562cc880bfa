import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import { syncFolder } from "../../../platform/files/sync-folder.ts";
import { FORMAT, type Snapshot, snapshotSchema } from "../format.ts";
import { isSnapshotId } from "../rules.ts";

const FACTS = "snapshot.json";

function isMissing(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "code") === "ENOENT";
}

/** Writes a small file so that it is there whole or not at all, also after a power cut. */
export async function writeWhole(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(folder);
}

/** The snapshots of a folder: `snapshots/<id>/`. */
export class Snapshots {
  readonly #root: string;

  constructor(folder: string) {
    this.#root = join(folder, "snapshots");
  }

  folderOf(id: string): string {
    if (!isSnapshotId(id)) throw new RangeError("not the id of a snapshot");
    return join(this.#root, id);
  }

  /** All names there are, the oldest first: also of those that were never finished. */
  async names(): Promise<string[]> {
    try {
      return (await readdir(this.#root)).filter(isSnapshotId).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** Undefined for one that does not exist. Throws `backup.unreadable`. */
  async read(id: string): Promise<Snapshot | undefined> {
    if (!isSnapshotId(id)) return undefined;
    try {
      const facts: unknown = JSON.parse(await readFile(join(this.folderOf(id), FACTS), "utf8"));
      const read = snapshotSchema.safeParse(facts);
      if (read.success && read.data.id === id) return read.data;
      const format = typeof facts === "object" && facts !== null && Reflect.get(facts, "format");
      const isNewer = typeof format === "number" && format > FORMAT;
      throw failure(isNewer ? "backup.newer" : "backup.unreadable", { id });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error instanceof Failure ? error : failure("backup.unreadable", { id }, error);
    }
  }

  /** Whether there is one, readable or not. */
  async exists(id: string): Promise<boolean> {
    try {
      return (await stat(join(this.folderOf(id), FACTS))).isFile();
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** Those that can be read, the newest first. */
  async list(): Promise<Snapshot[]> {
    const found: Snapshot[] = [];
    for (const id of (await this.names()).reverse()) {
      try {
        const snapshot = await this.read(id);
        if (snapshot !== undefined) found.push(snapshot);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
    }
    return found;
  }

  /** Lets a snapshot exist: all its other files are there and durable. */
  async complete(snapshot: Snapshot): Promise<void> {
    const folder = this.folderOf(snapshot.id);
    for (const each of [join(folder, "tables"), folder, this.#root]) await syncFolder(each);
    await writeWhole(folder, FACTS, `${JSON.stringify(snapshot, null, 2)}\n`);
  }

  /** Removes a snapshot, first of all what makes it one. Idempotent. */
  async remove(id: string): Promise<void> {
    const folder = this.folderOf(id);
    try {
      await rm(join(folder, FACTS), { force: true });
      await syncFolder(folder);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    await rm(folder, { recursive: true, force: true });
  }
}
