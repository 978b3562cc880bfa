import { type Clock, MINUTE } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import { Alarm } from "../../platform/jobs/worker/alarm.ts";
import { backoff, lookAgainAfter, restAfter } from "./rules.ts";
import type { ReclaimSettings } from "./settings.ts";
import type { Stage } from "./stages.ts";
import type { DueReads } from "./store/due.ts";
import { noteSweep, type StateReads } from "./store/state.ts";

/*
 * How space comes back, on any number of nodes at once. Every step of content's fall is a row with
 * a stamp; each stage takes rows whose stamp is over, looks again whether something holds them, and
 * writes the next stamp. A stamp is an invitation to look, never a verdict.
 *
 *   repositories  in one transaction:
 *     lock one deleted repository whose time in the trash is over, passing over those others hold
 *     remove some of its tags, else of its manifests (as below, live ones too), else of its links,
 *     its history, its uploads; else its row. Restoring waits for the row, or finds it gone.
 *   manifests   in one transaction:
 *     lock a lane of what runs (content/manifests/store/running.ts): reports wait, or were before
 *     lock some due manifests, passing over those that others hold (skip locked)
 *     live:     a tag, a live index, a live subject, or a project that never lets go?
 *                 → clear the stamp
 *               its repository is deleted, or it runs somewhere?  → stamp anew
 *               else → deleted_at = now, reclaim_after = now + trash.keep;
 *                      its children and referrers are stamped anew
 *     trashed:  lock its blobs, then its links, each in order
 *               remove the manifest with its edges
 *               links that no manifest, live or trashed, holds now:
 *                 visible → reclaim_after = now + grace;  hidden → drop, as below
 *   links       in one transaction:
 *     lock some due links and their blobs, passing over those that others hold
 *     a manifest of the repository holds it?  → clear the stamp
 *     else → remove the link; a blob with no link left: reclaim_after = now + grace
 *   blobs       in one transaction:
 *     somebody holds all content (store/holds.ts)?  → nothing
 *     lock some due blobs, passing over those that others hold
 *     THEN, in a second statement: a link?  → clear the stamp
 *     else → state = reclaiming, reclaim_after = now + lease
 *   afterwards  remove the bytes at the location that was read under the lock (idempotent)
 *   afterwards  delete the row where digest, location and state = reclaiming are still these
 *   copies      remove bytes that a newer copy displaced, and then the note of them
 *
 * A death at any point leaves rows that some node takes again: a due stamp, or a lease that ends.
 * A store that fails says nothing of the bytes: the row stays, and the sweeper stays away a while.
 *
 * Why nobody loses anything. SQLite runs one transaction after the other, so each check and its
 * change are one. On PostgreSQL (READ COMMITTED) a statement sees what was committed before it
 * began: so each of these locks first and asks in a second statement, in the order
 * manifest itself < blobs < links < other manifests, tags. Sweepers never wait for links.
 *
 *   push of a blob    locks the blob's row, clears its stamp, then links. Before the flip: the flip
 *                     waits, and sees the link. After it: it meets `reclaiming`, stores a copy of
 *                     its own at another location and puts that into the row; the sweeper removes
 *                     the location it has read, and its delete no longer finds its row. After the
 *                     row is gone: it inserts anew, trying again when the row goes under its hands.
 *   mount             locks the live blob first, then looks for the source's link: so the blob
 *                     cannot lose its last link between that look and the new link.
 *   existence check   answers from the row, and renews the stamp while less than half of the grace
 *                     is left; the renewal waits for a drop of the link, and then says "unknown".
 *   push of manifest  locks the links that it names until its edges are committed: a drop passes
 *                     over them; a link that was dropped before is missing, which is refused before
 *                     anything is acknowledged. Edges without a link (references not required) need
 *                     none. A re-push of what is in the trash locks that row first of all: either
 *                     it comes out of the trash with its edges, or it is stored anew.
 *   index             locks its children, as above for links.
 *   tag               locks the manifest before it points at it: either it is not due for the trash
 *                     any more, or it is unknown before the tag is acknowledged.
 *   subject           a referrer that came first and was due goes to the trash a moment before its
 *                     subject is there, or not at all: the push of the subject locks it to clear
 *                     its stamp.
 *   letting go        locks the manifest before it counts its holders; an index or subject that
 *                     another transaction is changing does not count. So a stamp may be set too
 *                     much, which costs a look, and is never missing where nothing holds.
 *   restore           locks the manifest; while it is in the trash its blobs are held.
 */

export interface SweeperParts {
  readonly db: Database;
  readonly clock: Clock;
  /** Names this node. */
  readonly node: string;
  readonly settings: ReclaimSettings;
  readonly stages: readonly Stage[];
  readonly due: DueReads;
  readonly state: StateReads;
  /** Told when a sweep changed what others listen for. */
  readonly changed: () => void;
  readonly onFault: (error: unknown) => void;
}

/** The loop of one node. */
export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #alarm = new Alarm();
  #loop: Promise<void> | undefined;
  #stopping = false;
  readonly #failed = new Map<Stage, { readonly times: number; readonly until: number }>();
  #notedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  /** Begins to sweep, unless the settings say that this node does not. */
  start(): void {
    if (this.#parts.settings.enabled) this.#loop ??= this.#work();
  }

  /** There may be something to do: look now. */
  wake(): void {
    this.#alarm.ring();
  }

  /** Ends after the batch under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#alarm.ring();
    await this.#loop;
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      let wait: number;
      try {
        wait = await this.round();
      } catch (error) {
        wait = backoff(1);
        this.#parts.onFault(error);
      }
      if (!this.#stopping) await this.#alarm.sleep(wait);
    }
  }

  /** Sweeps until nothing is due; gives how long there will be nothing to do. */
  async round(): Promise<number> {
    const { clock, due, state, settings } = this.#parts;
    const { grace, trashKeep, untaggedAfter } = settings;
    const shortest = Math.min(grace, trashKeep, untaggedAfter ?? grace);
    for (;;) {
      const wait = lookAgainAfter(clock.now(), null, shortest);
      if (this.#stopping || (await state.pause()) !== null) return wait;
      const next = await due.next(settings);
      if (next === null || next > clock.now()) {
        await this.#note();
        return lookAgainAfter(clock.now(), next, shortest);
      }
      // What is due and could not be had is held by others, or its store needs a moment.
      if ((await this.#sweep()) === 0) return wait;
    }
  }

  /** One batch of each stage, with a rest after each; gives how many rows were looked at. */
  async #sweep(): Promise<number> {
    const { settings, changed } = this.#parts;
    let rows = 0;
    for (const stage of this.#parts.stages) {
      if (this.#stopping) break;
      const began = performance.now();
      const looked = await this.#batch(stage);
      if (looked === 0) continue;
      rows += looked;
      changed();
      await this.#rest(restAfter(looked, performance.now() - began, settings.pace));
    }
    if (rows > 0) await this.#note();
    return rows;
  }

  /** A stage that fails is left alone for a while; the others go on. */
  async #batch(stage: Stage): Promise<number> {
    const { clock, onFault } = this.#parts;
    const failed = this.#failed.get(stage);
    if (failed !== undefined && clock.now() < failed.until) return 0;
    try {
      const { rows, fault } = await stage.sweep();
      this.#failed.delete(stage);
      if (fault !== undefined) {
        onFault(fault);
        await this.#note(fault);
      }
      return rows;
    } catch (error) {
      const times = (failed?.times ?? 0) + 1;
      this.#failed.set(stage, { times, until: clock.now() + backoff(times) });
      onFault(error);
      await this.#note(error);
      return 0;
    }
  }

  /** Rests for the whole time, whoever rings; ends early only when the node stops. */
  async #rest(milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    for (let left = milliseconds; left > 0 && !this.#stopping; left = until - performance.now()) {
      await this.#alarm.sleep(left);
    }
  }

  /** Notes how it gets on: what went wrong at once, else once a minute. */
  async #note(error?: unknown): Promise<void> {
    const { db, clock, node, onFault } = this.#parts;
    const now = clock.now();
    if (error === undefined && now - this.#notedAt < MINUTE) return;
    const code = error instanceof Failure ? error.code : "service.internal";
    const wrong =
      error === undefined ? { error: null, errorAt: null } : { error: code, errorAt: now };
    try {
      await db.write(noteSweep, { node, sweptAt: now, ...wrong });
      this.#notedAt = now;
    } catch (fault) {
      onFault(fault);
    }
  }
}
