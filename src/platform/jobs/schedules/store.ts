import { type Database, procedure } from "../../database/port.ts";
import type { FaultHook } from "../port.ts";
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

const putSchedules = procedure(
  "jobs.schedules.put",
  async (tx, { rows }: { readonly rows: readonly ScheduleRow[] }): Promise<void> => {
    for (const row of rows) {
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
  },
);

const removeSchedule = procedure(
  "jobs.schedules.remove",
  async (tx, { name }: { readonly name: string }): Promise<void> => {
    await tx.deleteFrom("job_schedules").where("name", "=", name).execute();
  },
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
    const payload: unknown = JSON.parse(row.payload);
    // The key keeps a slow run from being overtaken by the next one.
    await enqueueIn(tx, { kind: row.kind, payload, uniqueKey: `schedule:${name}` }, now);
    return true;
  },
);

/** Writes schedules down. One whose times did not change keeps the next one it had. */
export async function declareSchedules(
  db: Database,
  schedules: readonly Schedule[],
  now: number,
): Promise<void> {
  if (schedules.length === 0) return;
  const rows = schedules.map(({ name, kind, payload, cron, timeZone }) => ({
    name,
    kind,
    payload: JSON.stringify(payload ?? null),
    cron,
    time_zone: timeZone,
    next_at: nextTick(cron, timeZone, now),
  }));
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
