import { join } from "node:path";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { type Digest, isDigest } from "../../../oci/digest.ts";
import { knownSteps } from "../../../platform/database/migrate.ts";
import { hashFile, readPack } from "../folder/pack.ts";
import { Shelf } from "../folder/shelf.ts";
import { Snapshots } from "../folder/snapshots.ts";
import { BLOBS_FILE, DAMAGED_FILE, type Snapshot, tableFile } from "../format.ts";
import type { Findings } from "../verify/findings.ts";

/** A snapshot to be read. */
export interface OpenSnapshot {
  readonly snapshot: Snapshot;
  readonly shelf: Shelf;
  /** The lines of a table, one a row. */
  rows(table: string): AsyncGenerator<string>;
  /** The content that it has, in the order of digests. */
  blobs(): AsyncGenerator<{ readonly digest: Digest; readonly size: number }>;
  /** Digests that could not be copied when it was made, with the reason. */
  damaged(): AsyncGenerator<{ readonly digest: string; readonly reason: string }>;
  /** Holds every file against what was written. Gives whether all are as they were. */
  checkFiles(findings: Findings): Promise<boolean>;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "code") === "ENOENT";
}

/**
 * Opens a snapshot of a backup, the newest unless one is named. Throws `backup.none`,
 * `backup.unknown`, `backup.unreadable`, or `backup.newer` for one of a newer version.
 */
export async function openSnapshot(folder: string, id: string | undefined): Promise<OpenSnapshot> {
  const snapshots = new Snapshots(folder);
  const [newest] = id === undefined ? await snapshots.list() : [];
  if (id === undefined && newest === undefined) throw failure("backup.none", { folder });
  const snapshot = newest ?? (await snapshots.read(id ?? ""));
  if (snapshot === undefined) throw failure("backup.unknown", { id: id ?? "" });
  if (snapshot.steps.some((step) => !knownSteps.includes(step))) {
    throw failure("backup.newer", { id: snapshot.id });
  }
  const inside = (path: string) => join(snapshots.folderOf(snapshot.id), path);
  return {
    snapshot,
    shelf: new Shelf(folder),
    rows: (table) => readPack(inside(tableFile(table))),
    async *blobs() {
      for await (const line of readPack(inside(BLOBS_FILE))) {
        const [digest, size] = JSON.parse(line) as [unknown, unknown];
        if (typeof digest !== "string" || !isDigest(digest) || typeof size !== "number") {
          throw new SyntaxError("not a blob");
        }
        yield { digest, size };
      }
    },
    async *damaged() {
      for await (const line of readPack(inside(DAMAGED_FILE))) {
        yield JSON.parse(line) as { digest: string; reason: string };
      }
    },
    async checkFiles(findings) {
      const before = findings.count;
      for (const { path, size, sha256 } of snapshot.files) {
        try {
          const found = await hashFile(inside(path));
          if (found.sha256 !== sha256) {
            const detail = found.size === size ? `sha256 ${found.sha256}` : `${found.size} bytes`;
            findings.add("file_changed", path, detail);
          }
        } catch (error) {
          if (!isMissing(error)) throw error;
          findings.add("file_missing", path);
        }
      }
      return findings.count === before;
    },
  };
}
