import { MINUTE, SECOND } from "../../kernel/clock.ts";
import type { JobContext, JobHandler } from "../../platform/jobs/port.ts";
import type { Schedule } from "../../platform/jobs/schedules/cron.ts";
import { systemDoer } from "../audit/entry.ts";
import { afterPhase, type Place } from "./rules.ts";
import { Shift, type ShiftParts } from "./shift.ts";
import { closeGone } from "./store/findings.ts";
import {
  beginScrub,
  CHECK,
  type Gained,
  SCRUB,
  type ShiftPayload,
  saveProgress,
} from "./store/scrubs.ts";
import { readWork, type Work } from "./store/work.ts";

const BEGIN = "integrity.begin";
/** How long one job reads before it makes room for others. */
const LONGEST = MINUTE;
/** How often it writes down how far it is. */
const SAVE_EVERY = 2 * SECOND;
const GONE_BATCH = 200;

const NOTHING: Gained = { blobs: 0, manifests: 0, bytes: 0, damaged: 0, unreadable: 0 };

function sum(a: Gained, b: Partial<Gained>): Gained {
  return {
    blobs: a.blobs + (b.blobs ?? 0),
    manifests: a.manifests + (b.manifests ?? 0),
    bytes: a.bytes + (b.bytes ?? 0),
    damaged: a.damaged + (b.damaged ?? 0),
    unreadable: a.unreadable + (b.unreadable ?? 0),
  };
}

async function dropGone({ db, clock }: ShiftParts): Promise<void> {
  let after: string | undefined = "";
  while (after !== undefined) {
    after = await db.write(closeGone, { after, limit: GONE_BATCH, now: clock.now() });
  }
}

/**
 * Reads on from where the scrub is, for a while:
 *
 *   for each thing of the phase: read it, judge it
 *     every two seconds, write down: where we are, what was read   (fenced by the shift)
 *     written by nobody but us?  no → end: it was paused, cancelled or taken over
 *     a minute over?  → the next job goes on, enqueued in the same transaction
 *   phase over → the next phase; no phase left → done
 *
 * A node that dies loses two seconds of reading: whoever takes the job begins at the last place.
 */
async function workShift(
  parts: ShiftParts,
  { scrub: id, shift }: ShiftPayload,
  work: Work,
  context: JobContext,
): Promise<void> {
  const { db, clock } = parts;
  const { signal } = context;
  const reader = new Shift(parts, work, signal);
  const startedAt = clock.now();
  let savedAt = startedAt;
  let gained = NOTHING;
  let read = work.bytes;
  const save = (place: Place | null, isEnd: boolean) => {
    const args = { id, shift, place, gained, isEnd, now: clock.now() };
    gained = NOTHING;
    return db.write(saveProgress, args);
  };
  let place: Place | undefined = { phase: work.phase, position: work.position };
  for (; place !== undefined; place = afterPhase(place)) {
    const { phase } = place;
    for await (const step of reader.steps(place)) {
      signal.throwIfAborted();
      gained = sum(gained, step.gained);
      read += step.gained.bytes ?? 0;
      const now = clock.now();
      if (now - savedAt < SAVE_EVERY) continue;
      savedAt = now;
      context.progress(read, Math.max(read, work.totalBytes));
      const isEnd = now - startedAt >= LONGEST;
      if (!(await save({ phase, position: step.position }, isEnd))) return;
    }
  }
  if (work.scope === "all") await dropGone(parts);
  context.progress(read, Math.max(read, work.totalBytes));
  await save(null, true);
}

function shiftHandler(kind: string, parts: ShiftParts): JobHandler<ShiftPayload> {
  return {
    kind,
    async run(payload, context) {
      const work = await readWork(parts.db, payload.scrub);
      if (work?.state !== "running" || work.shift !== payload.shift) return;
      await workShift(parts, payload, work, context);
      parts.changed();
    },
  };
}

function beginHandler({ db, audit, changed }: ShiftParts): JobHandler {
  return {
    kind: BEGIN,
    async run(_, { log }) {
      const witness = audit.witness(systemDoer);
      const whole = { scope: "all", repositoryId: null, repository: null, digest: null } as const;
      const id = await db.write(beginScrub, { ...whole, witness });
      log("info", id === undefined ? "the scrub before still runs or is paused" : `scrub ${id}`);
      changed();
    },
  };
}

/** Everything of the feature that runs in the background. */
export function integrityJobs(parts: ShiftParts): JobHandler[] {
  return [
    shiftHandler(SCRUB, parts) as JobHandler,
    shiftHandler(CHECK, parts) as JobHandler,
    beginHandler(parts),
  ];
}

/** When everything is checked by itself. */
export function scrubSchedule(cron: string): Schedule {
  return { name: BEGIN, kind: BEGIN, cron, timeZone: "UTC" };
}
