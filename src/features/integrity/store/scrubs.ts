import type { Insertable } from "kysely";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { newId } from "../../../kernel/ids.ts";
import { procedure, type Tx } from "../../../platform/database/port.ts";
import type {
  ScrubScope,
  ScrubState,
  ScrubsTable,
} from "../../../platform/database/schema/integrity.ts";
import type { NewJob } from "../../../platform/jobs/port.ts";
import { enqueueIn } from "../../../platform/jobs/queue/store.ts";
import { done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import { FIRST, type Place } from "../rules.ts";

/** A whole scrub takes its time; one that somebody asked for does not wait behind it. */
export const SCRUB = "integrity.scrub";
export const CHECK = "integrity.check";

/** A database that is away for a night must not end a scrub. */
const MOST_ATTEMPTS = 100;

export interface ShiftPayload {
  readonly scrub: string;
  readonly shift: number;
}

function shiftJob(scope: ScrubScope, scrub: string, shift: number): NewJob {
  return {
    kind: scope === "all" ? SCRUB : CHECK,
    payload: { scrub, shift } satisfies ShiftPayload,
    uniqueKey: `${SCRUB}:${scrub}:${shift}`,
    priority: scope === "all" ? "low" : "normal",
    maxAttempts: MOST_ATTEMPTS,
  };
}

export interface BeginScrub {
  readonly scope: ScrubScope;
  readonly repositoryId: string | null;
  readonly repository: string | null;
  readonly digest: string | null;
  readonly witness: Witness;
}

async function bytesOf(tx: Tx, { scope, repositoryId, digest }: BeginScrub): Promise<number> {
  let blobs = tx
    .selectFrom("blobs as b")
    .select((e) => e.fn.sum<number | null>("b.size").as("bytes"))
    .where("b.state", "!=", "reclaiming");
  if (digest !== null) blobs = blobs.where("b.digest", "=", digest);
  if (scope === "repository") {
    blobs = blobs.where("b.digest", "in", (e) =>
      e
        .selectFrom("repository_blobs")
        .select("digest")
        .where("repository_id", "=", repositoryId ?? ""),
    );
  }
  return Number((await blobs.executeTakeFirstOrThrow()).bytes ?? 0);
}

/** Begins to check; gives its id, or undefined while a check of everything is under way already. */
export const beginScrub = procedure(
  "integrity.begin-scrub",
  async (tx, args: BeginScrub): Promise<string | undefined> => {
    const { scope, repositoryId, repository, digest, witness } = args;
    const now = witness.at;
    const row: Insertable<ScrubsTable> = {
      id: newId(now),
      scope,
      repository_id: repositoryId,
      repository,
      digest,
      state: "running",
      shift: 1,
      ...FIRST,
      blobs: 0,
      manifests: 0,
      bytes: 0,
      total_bytes: await bytesOf(tx, args),
      damaged: 0,
      unreadable: 0,
      started_at: now,
      started_by: witness.doer.id,
      finished_at: null,
    };
    const made = await tx
      .insertInto("scrubs")
      .values(row)
      .onConflict((c) => c.doNothing())
      .returning("id")
      .executeTakeFirst();
    if (made === undefined) return undefined;
    await enqueueIn(tx, shiftJob(scope, row.id, 1), now);
    const object = { kind: "scrub", id: row.id, name: repository ?? digest };
    await record(tx, witness, [done("scrub.start", object, { details: { scope } })]);
    return row.id;
  },
);

/** How much was read since it was last written down. */
export interface Gained {
  readonly blobs: number;
  readonly manifests: number;
  readonly bytes: number;
  readonly damaged: number;
  readonly unreadable: number;
}

export interface SaveProgress {
  readonly id: string;
  readonly shift: number;
  /** Where it goes on; null when nothing is left. */
  readonly place: Place | null;
  readonly gained: Gained;
  /** Whether this job ends here and leaves the rest to the next one. */
  readonly isEnd: boolean;
  readonly now: number;
}

/**
 * Writes down how far a scrub is; false when the job that did it has nothing more to do: it is
 * paused, cancelled, another's by now, or done.
 */
export const saveProgress = procedure(
  "integrity.save-progress",
  async (tx, args: SaveProgress): Promise<boolean> => {
    const { id, shift, place, gained, isEnd, now } = args;
    const next = isEnd ? shift + 1 : shift;
    const row = await tx
      .updateTable("scrubs")
      .set((e) => ({
        ...(place ?? {}),
        shift: next,
        blobs: e("blobs", "+", gained.blobs),
        manifests: e("manifests", "+", gained.manifests),
        bytes: e("bytes", "+", gained.bytes),
        damaged: e("damaged", "+", gained.damaged),
        unreadable: e("unreadable", "+", gained.unreadable),
      }))
      .where("id", "=", id)
      .where("shift", "=", shift)
      .where("state", "=", "running")
      .returning("scope")
      .executeTakeFirst();
    if (row === undefined) return false;
    if (place === null) {
      await tx
        .updateTable("scrubs")
        .set({ state: "done", finished_at: now })
        .where("id", "=", id)
        .execute();
      return false;
    }
    if (isEnd) await enqueueIn(tx, shiftJob(row.scope, id, next), now);
    return !isEnd;
  },
);

/** What somebody may do to a scrub: from which states, and what it is then. */
const STEPS = {
  pause: { from: ["running"], to: "paused" },
  resume: { from: ["paused"], to: "running" },
  cancel: { from: ["running", "paused"], to: "cancelled" },
} as const satisfies Record<string, { from: readonly ScrubState[]; to: ScrubState }>;

export type ScrubStep = keyof typeof STEPS;

export interface ChangeScrub {
  readonly id: string;
  readonly step: ScrubStep;
  readonly witness: Witness;
}

/** Pauses, resumes or cancels. Throws `api.unknown` or `integrity.scrub_state`. */
export const changeScrub = procedure(
  "integrity.change-scrub",
  async (tx, { id, step, witness }: ChangeScrub): Promise<void> => {
    const now = witness.at;
    const row = await tx
      .selectFrom("scrubs")
      .select(["state", "scope", "shift", "repository", "digest"])
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) throw failure("api.unknown", { kind: "scrub", name: id });
    const { from, to } = STEPS[step];
    if (!from.some((state) => state === row.state)) {
      throw failure("integrity.scrub_state", { id, state: row.state });
    }
    // The job that works on it meets another shift than its own, and ends.
    const shift = row.shift + 1;
    const finished_at = to === "cancelled" ? now : null;
    await tx
      .updateTable("scrubs")
      .set({ state: to, shift, finished_at })
      .where("id", "=", id)
      .execute();
    if (to === "running") await enqueueIn(tx, shiftJob(row.scope, id, shift), now);
    const object = { kind: "scrub", id, name: row.repository ?? row.digest };
    await record(tx, witness, [done(`scrub.${step}`, object)]);
  },
);

/** Sees to it that every scrub that runs has a job: one may have failed too often. */
export const reviveScrubs = procedure(
  "integrity.revive-scrubs",
  async (tx, { now }: { readonly now: number }): Promise<void> => {
    const rows = await tx
      .selectFrom("scrubs")
      .select(["id", "scope", "shift"])
      .where("state", "=", "running")
      .execute();
    for (const { id, scope, shift } of rows) await enqueueIn(tx, shiftJob(scope, id, shift), now);
  },
);

export const scrubProcedures = [beginScrub, saveProgress, changeScrub, reviveScrubs];
