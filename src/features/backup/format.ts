import { z } from "zod";
import { isSnapshotId } from "./rules.ts";

/** The version of the layout: one that a program does not know is refused. */
export const FORMAT = 1;

const count = z.number().int().nonnegative();
const amount = z.object({ blobs: count, bytes: count });

/** `snapshot.json`: what a snapshot is. It is written last, so one without it does not exist. */
export const snapshotSchema = z.object({
  format: z.literal(FORMAT),
  id: z.string().refine(isSnapshotId),
  program: z.object({ version: z.string(), commit: z.string() }),
  engine: z.enum(["sqlite", "postgres"]),
  /** The steps that had made the schema. */
  steps: z.array(z.string()),
  /** Everything acknowledged before this time is in it. */
  takenAt: count,
  finishedAt: count,
  tables: z.array(
    z.object({ name: z.string().regex(/^[a-z_]+$/), columns: z.array(z.string()), rows: count }),
  ),
  /** Every other file of the snapshot, by its path in the snapshot's folder. */
  files: z.array(
    z.object({ path: z.string(), size: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
  /** What its blobs come to, and how much of it was copied anew. */
  content: amount,
  copied: amount,
  /** Blobs that could not be copied because they are damaged or gone: the first of them. */
  damaged: z.object({
    count,
    first: z.array(z.object({ digest: z.string(), size: count, reason: z.string() })),
  }),
});

export type Snapshot = z.infer<typeof snapshotSchema>;
export type SnapshotFile = Snapshot["files"][number];
export type DamagedBlob = Snapshot["damaged"]["first"][number];

/** How many damaged blobs are named in `snapshot.json`; `damaged.ndjson.gz` has all of them. */
export const NAMED_DAMAGED = 100;

export const BLOBS_FILE = "blobs.ndjson.gz";
export const DAMAGED_FILE = "damaged.ndjson.gz";

/** Where the rows of a table are, in the snapshot's folder. */
export function tableFile(table: string): string {
  return `tables/${table}.ndjson.gz`;
}
