import { type Database, procedure, type Tx } from "../../database/port.ts";
import type { Enqueued, FaultHook, ScheduleView } from "../port.ts";
import { enqueueIn } from "../queue/store.ts";
import { nextTick, type Schedule } from "./cron.ts";

interface ScheduleRow {
  readonly name: string;
  readonly kind: string;
  readonly payload: string;
  readonly cron: string;
  readonly time_zone: string;
  readonly next_at: number;
}

async function putRow(tx: Tx, row: ScheduleRow): Promise<void> {
  await tx
    .insertInto("job_schedules")
    .values({ ...row, last_at: null })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  await tx
    .updateTable("job_schedules")
    .set({ kind: row.kind, payload: row.payload })
    .where("name", "=", row.name)
    .execute();
  // Only a new time table starts anew: else a tick missed while all was down would be lost.
  await tx
    .updateTable("job_schedules")
    .set({ cron: row.cron, time_zone: row.time_zone, next_at: row.next_at })
    .where("name", "=", row.name)
    .where((eb) => eb.or([eb("cron", "!=", row.cron), eb("time_zone", "!=", row.time_zone)]))
    .execute();
}

const putSchedules = procedure(
  "jobs.schedules.put",
  async (tx, { rows }: { readonly rows: readonly ScheduleRow[] }): Promise<void> => {
    for (const row of rows) await putRow(tx, row);
  },
);

/** Writes a schedule down within a transaction; `nextAt` is its next tick, counted beforehand. */
export function putScheduleIn(tx: Tx, schedule: Schedule, nextAt: number): Promise<void> {
  return putRow(tx, rowOf(schedule, nextAt));
}

/** Takes a schedule away within a transaction; a job that it has enqueued stays. */
export async function removeScheduleIn(tx: Tx, name: string): Promise<void> {
  await tx.deleteFrom("job_schedules").where("name", "=", name).execute();
}

function rowOf({ name, kind, payload, cron, timeZone }: Schedule, nextAt: number): ScheduleRow {
  const text = JSON.stringify(payload ?? null);
  return { name, kind, payload: text, cron, time_zone: timeZone, next_at: nextAt };
}

const removeSchedule = procedure(
  "jobs.schedules.remove",
  (tx, { name }: { readonly name: string }): Promise<void> => removeScheduleIn(tx, name),
);

interface Tick {
  readonly name: string;
  /** The `next_at` that was read: whoever moves it on enqueues, everybody else comes too late. */
  readonly seen: number;
  readonly next: number;
  readonly now: number;
}

/** Enqueues the job of a due schedule; false when another node did, or it was changed meanwhile. */
const tickSchedule = procedure(
  "jobs.schedules.tick",
  async (tx, { name, seen, next, now }: Tick): Promise<boolean> => {
    const row = await tx
      .updateTable("job_schedules")
      .set({ next_at: next, last_at: now })
      .where("name", "=", name)
      .where("next_at", "=", seen)
      .returning(["kind", "payload"])
      .executeTakeFirst();
    if (row === undefined) return false;
    await enqueueTick(tx, name, row, now);
    return true;
  },
);

/** The key keeps a slow run from being overtaken by the next one. */
function enqueueTick(
  tx: Tx,
  name: string,
  { kind, payload }: Pick<ScheduleRow, "kind" | "payload">,
  now: number,
): Promise<Enqueued> {
  const job = { kind, payload: JSON.parse(payload) as unknown, uniqueKey: `schedule:${name}` };
  return enqueueIn(tx, job, now);
}

/** Enqueues the job of a schedule within a transaction, due or not; undefined for no such schedule. */
export async function runScheduleIn(
  tx: Tx,
  { name, now }: { readonly name: string; readonly now: number },
): Promise<Enqueued | undefined> {
  const row = await tx
    .selectFrom("job_schedules")
    .select(["kind", "payload"])
    .where("name", "=", name)
    .executeTakeFirst();
  return row === undefined ? undefined : enqueueTick(tx, name, row, now);
}

/** Every schedule, in the order of their names. */
export function listSchedules(db: Database): Promise<ScheduleView[]> {
  return db.read
    .selectFrom("job_schedules")
    .select([
      "name",
      "kind",
      "cron",
      "time_zone as timeZone",
      "next_at as nextAt",
      "last_at as lastAt",
    ])
    .orderBy("name")
    .execute();
}

/** Writes schedules down. One whose times did not change keeps the next one it had. */
export async function declareSchedules(
  db: Database,
  schedules: readonly Schedule[],
  now: number,
): Promise<void> {
  if (schedules.length === 0) return;
  const rows = schedules.map((each) => rowOf(each, nextTick(each.cron, each.timeZone, now)));
  await db.write(putSchedules, { rows });
}

/** Takes a schedule away; a job that it has enqueued stays. */
export async function withdrawSchedule(db: Database, name: string): Promise<void> {
  await db.write(removeSchedule, { name });
}

/** When the next schedule of these kinds is due, or null. */
export async function nextScheduled(
  db: Database,
  kinds: readonly string[],
): Promise<number | null> {
  if (kinds.length === 0) return null;
  const row = await db.read
    .selectFrom("job_schedules")
    .select((eb) => eb.fn.min("next_at").as("at"))
    .where("kind", "in", kinds)
    .executeTakeFirst();
  return row?.at ?? null;
}

/**
 * Enqueues what is due among the schedules of these kinds: of the nodes that try, exactly one
 * does it. However many ticks were missed, a schedule is enqueued once.
 */
export async function tickSchedules(
  db: Database,
  kinds: readonly string[],
  now: number,
  onFault: FaultHook,
): Promise<void> {
  if (kinds.length === 0) return;
  const due = await db.read
    .selectFrom("job_schedules")
    .select(["name", "cron", "time_zone", "next_at"])
    .where("kind", "in", kinds)
    .where("next_at", "<=", now)
    .orderBy("next_at")
    .execute();
  for (const { name, cron, time_zone, next_at } of due) {
    try {
      const next = nextTick(cron, time_zone, now);
      await db.write(tickSchedule, { name, seen: next_at, next, now });
    } catch (error) {
      // A zone that this machine's tables lack must not hold up the other schedules.
      onFault(`schedule ${name}`, error);
    }
  }
}

export const scheduleProcedures = [putSchedules, removeSchedule, tickSchedule];
