import { join } from "node:path";
import { Shelf } from "../../src/features/backup/folder/shelf.ts";
import { Snapshots } from "../../src/features/backup/folder/snapshots.ts";
import { makeSnapshot } from "../../src/features/backup/make/make.ts";
import { holding } from "../../src/features/reclaim/holds.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { Pace } from "../../src/kernel/pace.ts";
import { openFilesystemBlobs } from "../../src/platform/blobs/filesystem.ts";
import { openFresh } from "../support/database.ts";

/**
 * A process that makes a backup, and may be killed meanwhile: it names on stdout how many blobs it
 * has done, and waits for nothing.
 */
const [url = "", folder = "", to = ""] = process.argv.slice(2);
const db = await openFresh({ url, folder, drop: async () => {} });
const snapshot = await makeSnapshot(
  {
    db,
    blobs: await openFilesystemBlobs({ root: join(folder, "storage") }),
    clock: systemClock,
    holding: holding(db, systemClock),
    program: { version: "1", commit: "c" },
    snapshots: new Snapshots(to),
    shelf: new Shelf(to),
  },
  {
    signal: new AbortController().signal,
    progress: (done) => void process.stdout.write(`${done}\n`),
    damaged: async () => {},
    pace: new Pace(null),
  },
);
process.stdout.write(`${JSON.stringify(snapshot.copied)}\n`);
await db.close();
