import { mkdir } from "node:fs/promises";
import type { Clock } from "../../../kernel/clock.ts";
import { newId } from "../../../kernel/ids.ts";
import type { Pace } from "../../../kernel/pace.ts";
import type { BlobStore } from "../../../platform/blobs/port.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { Shelf } from "../folder/shelf.ts";
import type { Snapshots } from "../folder/snapshots.ts";
import { type DamagedBlob, FORMAT, type Snapshot } from "../format.ts";
import { copyContent } from "./copy.ts";
import { dumpTables } from "./dump.ts";

/*
 * How a snapshot is made while everybody goes on pushing, deleting and reclaiming:
 *
 *   1. take a hold, renewed until the end: no sweeper takes a blob from here on
 *   2. in ONE read transaction: write every table, in the order of its key
 *   3. for each blob that these rows have: is it in the folder already?  else copy and hash it
 *   4. make all of it durable; then write snapshot.json; then let go of the hold
 *
 * Complete: a push that was acknowledged before step 2 has committed its rows, so they are among
 * those written, and so are the blobs that they need. One acknowledged later may be in it or not,
 * but never in part: a transaction is.
 *
 * Its bytes are there: the hold was committed before the rows were read. A sweeper that took a blob
 * committed before the hold, so the rows say `reclaiming` and nobody wants these bytes; every other
 * blob stays until the hold ends. Should a push displace a copy meanwhile (it met a damaged one),
 * the row of the moment says where the sound one is.
 *
 * A death at any point: no snapshot.json, so there is no snapshot; content that was copied is under
 * its digest, durable or absent, and the next one finds it. The hold ends by itself.
 */

/** Keeps content from being reclaimed while some work runs; aborts the work when it no longer does. */
export type WithHold = <R>(why: string, work: (lost: AbortSignal) => Promise<R>) => Promise<R>;

export interface MakeParts {
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly holding: WithHold;
  readonly program: Snapshot["program"];
  readonly snapshots: Snapshots;
  readonly shelf: Shelf;
}

export interface Making {
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
  readonly damaged: (blob: DamagedBlob) => Promise<void>;
  readonly pace: Pace;
}

/** Makes a snapshot. The caller has the folder to itself. */
export async function makeSnapshot(parts: MakeParts, making: Making): Promise<Snapshot> {
  const { clock, snapshots, shelf, db } = parts;
  const id = newId(clock.now());
  const folder = snapshots.folderOf(id);
  await shelf.clean();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return await parts.holding(`backup ${id}`, async (lost) => {
    const signal = AbortSignal.any([making.signal, lost]);
    let takenAt = clock.now();
    const { steps, tables, files } = await dumpTables(db, folder, signal, () => {
      takenAt = clock.now();
    });
    const copied = await copyContent({ ...parts, ...making, signal }, folder, { tables });
    signal.throwIfAborted();
    const snapshot: Snapshot = {
      format: FORMAT,
      id,
      program: parts.program,
      engine: db.engine,
      steps: [...steps],
      takenAt,
      finishedAt: clock.now(),
      tables,
      files: [...files, ...copied.files],
      content: copied.content,
      copied: copied.copied,
      damaged: copied.damaged,
    };
    await snapshots.complete(snapshot);
    return snapshot;
  });
}
