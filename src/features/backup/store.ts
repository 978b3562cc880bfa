import { type Kysely, sql } from "kysely";
import { type DrillFailed, eventRow } from "../../kernel/events.ts";
import { type Filling, putRows, settleNumbers } from "../../platform/database/filling.ts";
import { pagesOf, type RowValues } from "../../platform/database/pages.ts";
import { type Database, procedure } from "../../platform/database/port.ts";
import type { Schema } from "../../platform/database/schema/schema.ts";
import { describeTables, type TableShape } from "../../platform/database/tables.ts";
import type { Enqueued, NewJob } from "../../platform/jobs/port.ts";
import { enqueueIn } from "../../platform/jobs/queue/store.ts";
import { done, type Witness } from "../audit/entry.ts";
import { record } from "../audit/store/record.ts";

/** A blob's row as the store of content is asked by it. */
export interface BlobRow {
  readonly digest: string;
  readonly size: number;
  readonly location: string;
  readonly state: string;
}

/** How a blob is now; undefined when it is gone. */
export async function blobNow(db: Database, digest: string): Promise<BlobRow | undefined> {
  return await db.read
    .selectFrom("blobs")
    .select(["digest", "size", "location", "state"])
    .where("digest", "=", digest)
    .executeTakeFirst();
}

/** All rows of a table, page by page. */
export type TablePages = (shape: TableShape) => AsyncIterable<RowValues[]>;

export function pagesIn(view: Kysely<Schema>): TablePages {
  return (shape) => pagesOf(view, shape);
}

/** The tables of a database that is being filled, each after those that it refers to. */
export function tablesIn({ db, engine }: Filling): Promise<TableShape[]> {
  return describeTables(db, engine);
}

/** Takes out what the steps of the schema put in by themselves. */
export async function emptyTables({ db }: Filling, shapes: readonly TableShape[]): Promise<void> {
  for (const { name } of [...shapes].reverse())
    await sql`delete from ${sql.table(name)}`.execute(db);
}

export async function putTable(
  { db }: Filling,
  table: string,
  columns: readonly string[],
  rows: readonly RowValues[],
): Promise<void> {
  if (rows.length > 0) await putRows(db, table, columns, rows);
}

/** Lets the engine go on counting after the rows that were put in. */
export async function settleTables(filling: Filling, shapes: readonly TableShape[]): Promise<void> {
  await settleNumbers(filling, shapes);
}

/** The backup that was being made when the rows were read is not made once more by whoever has them. */
export async function endBackupJobs({ db }: Filling): Promise<void> {
  await db
    .updateTable("jobs")
    .set({ state: "cancelled", lease_owner: null, lease_until: null, unique_key: null })
    .where("kind", "like", "backup.%")
    .where("state", "in", ["waiting", "running"])
    .execute();
}

export interface AskFor {
  readonly job: NewJob;
  /** What it is about: `backup.create`, `backup.verify`, `backup.delete`. */
  readonly action: string;
  readonly id: string | null;
  readonly witness: Witness;
}

/** Enqueues what somebody wants to be done with backups. */
export const askForBackup = procedure(
  "backup.ask",
  async (tx, { job, action, id, witness }: AskFor): Promise<Enqueued> => {
    const enqueued = await enqueueIn(tx, job, witness.at);
    const { id: jobId, added } = enqueued;
    const object = { kind: "backup", id, name: id };
    await record(tx, witness, [done(action, object, { details: { job: jobId, added } })]);
    return enqueued;
  },
);

/** Tells that a restore drill found something. */
export const noteFailedDrill = procedure(
  "backup.note-failed-drill",
  async (tx, failed: DrillFailed): Promise<void> => {
    await tx
      .insertInto("outbox")
      .values(eventRow("backup.drill_failed", failed, failed.at))
      .execute();
  },
);

export const backupProcedures = [askForBackup, noteFailedDrill];
