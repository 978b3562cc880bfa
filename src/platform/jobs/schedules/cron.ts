import { Cron } from "croner";

/** Work that comes back by the clock on the wall of a place. */
export interface Schedule {
  /** Unique; the row that remembers the next time bears it. */
  readonly name: string;
  readonly kind: string;
  readonly payload?: unknown;
  /** Five fields (minute, hour, day, month, weekday) or a nickname such as `@daily`. */
  readonly cron: string;
  /** An IANA name such as `Europe/Berlin`. */
  readonly timeZone: string;
}

function parse(cron: string, timeZone: string): Cron {
  const pattern = cron.trim();
  // The parser takes a date as well, which would run once and never again.
  if (!pattern.startsWith("@") && pattern.split(/\s+/).length !== 5) {
    throw new RangeError(`a cron pattern has five fields: "${cron}"`);
  }
  // To the parser no zone is the machine's own, which may differ from node to node.
  if (timeZone === "") throw new RangeError(`the schedule "${cron}" names no time zone`);
  try {
    return new Cron(pattern, { timezone: timeZone, paused: true, mode: "5-part" });
  } catch (error) {
    throw new RangeError(`not a cron pattern: "${cron}"`, { cause: error });
  }
}

/**
 * The first time after `after` (both milliseconds since the epoch) at which the pattern fits.
 *
 * When clocks are put forward, a fixed time that does not exist runs at the first minute that
 * does; when they are put back, a fixed time that comes twice runs once; patterns with steps or
 * wildcards follow the elapsed time. Throws RangeError for a pattern or zone that is none, and
 * for one that never fits (30 February).
 */
export function nextTick(cron: string, timeZone: string, after: number): number {
  const pattern = parse(cron, timeZone);
  let next: Date | null;
  try {
    next = pattern.nextRun(new Date(after));
  } catch (error) {
    throw new RangeError(`not a time zone: "${timeZone}"`, { cause: error });
  }
  if (next === null) throw new RangeError(`the cron pattern "${cron}" never fits`);
  return next.getTime();
}
