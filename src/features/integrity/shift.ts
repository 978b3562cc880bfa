import type { Clock } from "../../kernel/clock.ts";
import type { Pace } from "../../kernel/pace.ts";
import type { BlobStore } from "../../platform/blobs/port.ts";
import type { Database } from "../../platform/database/port.ts";
import { systemDoer } from "../audit/entry.ts";
import type { Witnessing } from "../content/deed.ts";
import { type Inspected, inspect, inspectPayload } from "./inspect.ts";
import { manifestPosition, type Place } from "./rules.ts";
import { type Found, noteFound, noteWhole } from "./store/findings.ts";
import type { Gained } from "./store/scrubs.ts";
import {
  type BlobCopy,
  hasFinding,
  type ManifestCopy,
  nextBlobs,
  nextManifests,
  nextUnread,
  type Target,
} from "./store/work.ts";
import type { ScrubTally } from "./tally.ts";

/** Rows looked up at a time; manifests come with their bytes. */
const BATCH = 200;
const PAYLOADS = 10;

export interface ShiftParts {
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly audit: Witnessing;
  readonly pace: Pace;
  readonly tally: ScrubTally;
  readonly changed: () => void;
}

/** One thing that was read: where the scrub is after it, and what it counts. */
export interface Step {
  readonly position: string;
  readonly gained: Partial<Gained>;
}

/** Reads and judges what a scrub is about, one thing after the other. */
export class Shift {
  readonly #parts: ShiftParts;
  readonly #target: Target;
  readonly #signal: AbortSignal;

  constructor(parts: ShiftParts, target: Target, signal: AbortSignal) {
    this.#parts = parts;
    this.#target = target;
    this.#signal = signal;
  }

  /** The rest of a phase. Ends early, by throwing, when the signal is aborted. */
  async *steps({ phase, position }: Place): AsyncGenerator<Step> {
    if (phase === "blobs") yield* this.#blobs(position);
    else if (phase === "manifests") yield* this.#manifests(position);
    else if (this.#target.scope === "all") yield* this.#unread(position);
  }

  async *#blobs(from: string): AsyncGenerator<Step> {
    for (let after = from; ; ) {
      const batch = await nextBlobs(this.#parts.db, this.#target, after, BATCH);
      for (const copy of batch) yield { position: copy.digest, gained: await this.#blob(copy) };
      const last = batch.at(-1);
      if (last === undefined || batch.length < BATCH) return;
      after = last.digest;
    }
  }

  async *#manifests(from: string): AsyncGenerator<Step> {
    for (let after = from; ; ) {
      const batch = await nextManifests(this.#parts.db, this.#target, after, PAYLOADS);
      for (const copy of batch) {
        const position = manifestPosition(copy.repositoryId, copy.digest);
        yield { position, gained: await this.#manifest(copy) };
      }
      const last = batch.at(-1);
      if (last === undefined || batch.length < PAYLOADS) return;
      after = manifestPosition(last.repositoryId, last.digest);
    }
  }

  async *#unread(from: string): AsyncGenerator<Step> {
    for (let after = from; ; ) {
      const batch = await nextUnread(this.#parts.db, after, BATCH);
      for (const copy of batch) {
        const { damaged = 0 } = await this.#blob(copy);
        yield { position: copy.finding, gained: { damaged } };
      }
      const last = batch.at(-1);
      if (last === undefined || batch.length < BATCH) return;
      after = last.finding;
    }
  }

  async #blob(copy: BlobCopy): Promise<Partial<Gained>> {
    const { db, blobs, pace, tally } = this.#parts;
    const { digest, location } = copy;
    const inspected = await inspect({ blobs, pace, signal: this.#signal }, copy);
    // A store that is gone as a whole says nothing of any single blob.
    if (inspected.kind === "unreadable") await blobs.probe();
    const bytes = inspected.seen?.size ?? 0;
    tally.read(bytes);
    const which = { object: "blob", digest, repositoryId: "" } as const;
    if (inspected.kind !== undefined) {
      const isNews = await this.#note({ ...which, location, expectedSize: copy.size }, inspected);
      return { blobs: 1, bytes, ...(isNews ? counted(inspected) : {}) };
    }
    if (copy.state !== "live" || (await hasFinding(db, digest))) {
      await db.write(noteWhole, { ...which, location, witness: this.#witness() });
    }
    return { blobs: 1, bytes };
  }

  async #manifest(copy: ManifestCopy): Promise<Partial<Gained>> {
    const { db, pace } = this.#parts;
    const { repositoryId, digest, size } = copy;
    await pace.take(copy.payload.byteLength, this.#signal);
    const inspected = inspectPayload({ digest, size }, copy.payload);
    const which = { object: "manifest", digest, repositoryId } as const;
    if (inspected.kind !== undefined) {
      const isNews = await this.#note({ ...which, location: null, expectedSize: size }, inspected);
      return { manifests: 1, ...(isNews ? counted(inspected) : {}) };
    }
    if (copy.damagedAt !== null) {
      await db.write(noteWhole, { ...which, location: null, witness: this.#witness() });
    }
    return { manifests: 1 };
  }

  #witness() {
    return this.#parts.audit.witness(systemDoer);
  }

  async #note(
    about: Omit<Found, "kind" | "seenSize" | "seenDigest">,
    { kind = "corrupt", seen }: Inspected,
  ): Promise<boolean> {
    const { db, tally, changed } = this.#parts;
    const seenSize = seen?.size ?? null;
    const found: Found = { ...about, kind, seenSize, seenDigest: seen?.digest ?? null };
    const isNews = await db.write(noteFound, { found, witness: this.#witness() });
    if (isNews) {
      tally.found(kind);
      changed();
    }
    return isNews;
  }
}

function counted({ kind }: Inspected): Partial<Gained> {
  return kind === "unreadable" ? { unreadable: 1 } : { damaged: 1 };
}
