import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { ranSteps } from "../../../platform/database/migrate.ts";
import type { Database } from "../../../platform/database/port.ts";
import { describeTables, type TableShape } from "../../../platform/database/tables.ts";
import { writePack } from "../folder/pack.ts";
import { type Snapshot, type SnapshotFile, tableFile } from "../format.ts";
import { encodeRow, isKept, LEFT_OUT } from "../rules.ts";
import { pagesIn, type TablePages } from "../store.ts";

/** What was written of the database. */
export interface Dumped {
  readonly steps: readonly string[];
  readonly tables: Snapshot["tables"];
  readonly files: readonly SnapshotFile[];
}

async function* linesOf(
  shape: TableShape,
  pages: TablePages,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for await (const page of pages(shape)) {
    signal.throwIfAborted();
    for (const row of page) {
      if (isKept(shape.name, shape.columns, row)) yield encodeRow(row);
    }
    // Whoever else waits for this thread goes first.
    await turn();
  }
}

/**
 * Writes every table, as they all are at one moment, into the folder of a snapshot.
 * `taken` is told that moment: whatever was acknowledged before is in it.
 */
export async function dumpTables(
  db: Database,
  folder: string,
  signal: AbortSignal,
  taken: () => void,
): Promise<Dumped> {
  taken();
  return await db.snapshot(async (view) => {
    const tables: Snapshot["tables"] = [];
    const files: SnapshotFile[] = [];
    const steps = await ranSteps(view);
    for (const shape of await describeTables(view, db.engine)) {
      if (LEFT_OUT.has(shape.name)) continue;
      const path = tableFile(shape.name);
      const packed = await writePack(join(folder, path), linesOf(shape, pagesIn(view), signal));
      tables.push({ name: shape.name, columns: [...shape.columns], rows: packed.lines });
      files.push({ path, size: packed.size, sha256: packed.sha256 });
    }
    return { steps, tables, files };
  });
}
