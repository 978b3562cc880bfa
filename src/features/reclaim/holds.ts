import { type Clock, SECOND } from "../../kernel/clock.ts";
import { newId } from "../../kernel/ids.ts";
import type { Database } from "../../platform/database/port.ts";
import { releaseHold, renewHold, takeHold } from "./store/holds.ts";

/** How long a hold lasts without being renewed. */
const LEASE = 120 * SECOND;
const RENEW = 20 * SECOND;

/** Keeps bytes from being reclaimed while `work` runs. */
export type WithHold = <R>(why: string, work: (signal: AbortSignal) => Promise<R>) => Promise<R>;

/**
 * Gives the function that holds all content while some work runs. The work's signal is aborted when
 * the hold could not be renewed in time: what is copied from then on may be gone.
 */
export function holding(db: Database, clock: Clock): WithHold {
  return async (why, work) => {
    const id = newId();
    const lost = new AbortController();
    let until = clock.now() + LEASE;
    await db.write(takeHold, { id, now: clock.now(), until, why });
    const renew = async () => {
      const next = clock.now() + LEASE;
      try {
        await db.write(renewHold, { id, now: clock.now(), until: next });
        until = next;
      } catch (error) {
        // A database that is away for a moment has the hold all the same.
        if (clock.now() >= until) lost.abort(error);
      }
    };
    const beat = setInterval(() => void renew(), RENEW);
    try {
      return await work(lost.signal);
    } finally {
      clearInterval(beat);
      await db.write(releaseHold, { id });
    }
  };
}
