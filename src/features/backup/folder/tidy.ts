import { join } from "node:path";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { isDigest } from "../../../oci/digest.ts";
import { BLOBS_FILE, type Snapshot } from "../format.ts";
import { beyondKeep } from "../rules.ts";
import { hashFile, readPack } from "./pack.ts";
import { ALGORITHMS, PREFIXES, type Shelf } from "./shelf.ts";
import type { Snapshots } from "./snapshots.ts";

/** The digests of a snapshot, which come in order, given out prefix by prefix. */
class Names {
  readonly #lines: AsyncGenerator<string>;
  #next: string | undefined;
  #started = false;

  constructor(path: string) {
    this.#lines = readPack(path);
  }

  async takeInto(into: Set<string>, prefix: string): Promise<void> {
    if (!this.#started) await this.#advance();
    this.#started = true;
    // Before or at: a digest is never passed over, in whichever order the file turns out to be.
    while (this.#next !== undefined && this.#next.slice(0, prefix.length) <= prefix) {
      into.add(this.#next);
      await this.#advance();
    }
  }

  async end(): Promise<void> {
    await this.#lines.return(undefined);
  }

  async #advance(): Promise<void> {
    const { value, done } = await this.#lines.next();
    this.#next = undefined;
    if (done === true) return;
    const [digest] = JSON.parse(value) as [unknown];
    if (typeof digest !== "string" || !isDigest(digest)) throw new SyntaxError("not a digest");
    this.#next = digest;
  }
}

/** The names that a snapshot has; a list that lost some of them is never believed. */
async function namesOf(snapshots: Snapshots, snapshot: Snapshot): Promise<Names> {
  const { id, files } = snapshot;
  const path = join(snapshots.folderOf(id), BLOBS_FILE);
  const wanted = files.find((file) => file.path === BLOBS_FILE);
  if (wanted === undefined || (await hashFile(path)).sha256 !== wanted.sha256) {
    throw failure("backup.unreadable", { id });
  }
  return new Names(path);
}

/** What was removed. */
export interface Tidied {
  readonly snapshots: readonly string[];
  readonly blobs: number;
}

/**
 * Removes snapshots beyond those that are kept, what a backup that died left of one, and then the
 * content that no snapshot names. The caller has the folder to itself, so no snapshot is being made.
 * A death in between leaves content that the next round removes. A snapshot that cannot be read
 * stops it before any content goes.
 */
export async function tidy(
  snapshots: Snapshots,
  shelf: Shelf,
  keep: number | null,
  signal: AbortSignal,
): Promise<Tidied> {
  const complete = new Map<string, Snapshot>();
  for (const id of await snapshots.names()) {
    const snapshot = await snapshots.read(id);
    if (snapshot === undefined) await snapshots.remove(id);
    else complete.set(id, snapshot);
  }
  const made = [...complete].map(([id, { damaged }]) => ({ id, isWhole: damaged.count === 0 }));
  const gone = keep === null ? [] : beyondKeep(made, keep);
  for (const id of gone) {
    await snapshots.remove(id);
    complete.delete(id);
  }
  const names: Names[] = [];
  let blobs = 0;
  try {
    for (const snapshot of complete.values()) names.push(await namesOf(snapshots, snapshot));
    for (const algorithm of ALGORITHMS) {
      for (const prefix of PREFIXES) {
        signal.throwIfAborted();
        const named = new Set<string>();
        for (const each of names) await each.takeInto(named, `${algorithm}:${prefix}`);
        for (const digest of await shelf.list(algorithm, prefix)) {
          if (named.has(digest)) continue;
          await shelf.remove(digest);
          blobs += 1;
        }
      }
    }
  } finally {
    for (const each of names) await each.end();
  }
  return { snapshots: gone, blobs };
}
