import { failure } from "../../kernel/errors/catalogue.ts";
import { type EventKind, type EventMap, eventRow } from "../../kernel/events.ts";
import { procedure } from "../database/port.ts";
import { type Relay, relayIn } from "./outbox/store.ts";
import { jobProcedures } from "./procedures.ts";

/** Write procedures that only the suite of the jobs runs. */

export const clearJobs = procedure("suite.jobs.clear", async (tx, _args: Record<string, never>) => {
  await tx.deleteFrom("jobs").execute();
  await tx.deleteFrom("job_schedules").execute();
  await tx.deleteFrom("outbox").execute();
});

export interface Change<K extends EventKind> {
  readonly kind: K;
  readonly payload: EventMap[K];
  readonly now: number;
  /** The change itself: a row of `settings`. */
  readonly name: string;
  readonly refuse: boolean;
}

/** A change with its event, which may be refused after both were written. */
export const changeWithEvent = procedure(
  "suite.jobs.change",
  async (tx, { kind, payload, now, name, refuse }: Change<EventKind>): Promise<string> => {
    const row = eventRow(kind, payload, now);
    await tx.insertInto("settings").values({ name, value: row.id }).execute();
    await tx.insertInto("outbox").values(row).execute();
    if (refuse) throw failure("blob.unknown", { digest: name });
    return row.id;
  },
);

/** Dies after the jobs were made and the events deleted, before any of it is committed. */
export const relayThenDie = procedure(
  "suite.jobs.die",
  async (tx, relay: Relay): Promise<never> => {
    await relayIn(tx, relay);
    process.kill(process.pid, "SIGKILL");
    // Until the signal has come through.
    return new Promise<never>(() => {});
  },
);

export const jobSuiteProcedures = [...jobProcedures, clearJobs, changeWithEvent, relayThenDie];
