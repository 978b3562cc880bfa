import type { Digest } from "../../src/oci/digest.ts";
import { Shelf } from "./shelf.ts";

/** What a manifest is made of; the same wherever it is pushed. */
export interface Known {
  readonly digest: Digest;
  readonly size: number;
  readonly payload: Uint8Array;
  readonly blobs: readonly Digest[];
  readonly children: readonly Digest[];
  readonly subject: Digest | undefined;
}

export interface Times {
  readonly grace: number;
  readonly keep: number;
  readonly untaggedAfter: number;
}

interface Stored {
  readonly known: Known;
  readonly repository: string;
  deletedAt: number | null;
  /** Until when the trash must have it. */
  keptUntil: number;
  /** Since when nothing holds it; null while something does. */
  freeSince: number | null;
}

export interface Restored {
  readonly repository: string;
  readonly digest: string;
  readonly tags: readonly string[];
  /** What was asked for. */
  readonly by: "digest" | "tag";
}

/** A change of a tag. */
interface Move {
  readonly repository: string;
  readonly tag: string;
  readonly from: string | undefined;
  readonly to: string | null;
  readonly at: number;
}

/** What a repository's rows say, as the model compares it with what it knows. */
export interface Seen {
  /** Digests of live manifests. */
  readonly live: ReadonlySet<string>;
  /** Digests of manifests in the trash. */
  readonly trashed: ReadonlySet<string>;
  /** Digests of blobs that can be seen. */
  readonly visible: ReadonlySet<string>;
}

/**
 * What must be there, by the promises alone: what was acknowledged and is held stays; what is held
 * by nothing stays for its time; what is deleted stays restorable for its time.
 */
export class Model {
  readonly shelf: Shelf;
  readonly #times: Times;
  readonly #manifests = new Map<string, Stored>();
  readonly #tags = new Map<string, string>();
  readonly #moves: Move[] = [];
  /** Until when a blob is promised, by repository and digest, while it can be seen. */
  readonly #blobs = new Map<string, number>();
  /** Free manifests that another transaction was about to let go of when their subject came. */
  readonly #excused = new Set<string>();
  /** Blobs that may have become visible again in the step under way. */
  readonly #perhaps = new Set<string>();

  constructor(times: Times) {
    this.#times = times;
    this.shelf = new Shelf(times.keep);
  }

  pushedBlob(repository: string, digest: Digest, now: number): void {
    this.#promise(repository, digest, now + this.#times.grace);
  }

  /** An existence check said "here". */
  confirmed(repository: string, digest: Digest, now: number): void {
    this.#promise(repository, digest, now + this.#times.grace / 2);
  }

  unlinked(repository: string, digest: Digest): void {
    this.#blobs.delete(`${repository} ${digest}`);
  }

  pushed(repository: string, known: Known, tag: string | undefined, now: number): void {
    const key = `${repository} ${known.digest}`;
    this.#excuse(repository, known, now);
    this.#manifests.set(key, { known, repository, deletedAt: null, keptUntil: 0, freeSince: null });
    if (tag !== undefined) this.#move(repository, tag, known.digest, now);
    this.#settle(now);
  }

  tagged(repository: string, digest: Digest, tag: string, now: number): void {
    this.#move(repository, tag, digest, now);
    this.#settle(now);
  }

  untagged(repository: string, tag: string, now: number): void {
    this.#move(repository, tag, null, now);
    this.#settle(now);
  }

  deleted(repository: string, digest: Digest, now: number): void {
    const stored = this.#manifests.get(`${repository} ${digest}`);
    if (stored === undefined) return;
    this.#trash(stored, now);
  }

  /** Tags that must come back with a manifest: they went with it, and are free. */
  tagsToCome(repository: string, digest: string): string[] {
    const at = this.#manifests.get(`${repository} ${digest}`)?.deletedAt;
    const went = this.#moves.filter(
      (each) =>
        each.repository === repository &&
        each.from === digest &&
        each.to === null &&
        each.at === at &&
        !this.#tags.has(`${repository} ${each.tag}`),
    );
    return [...new Set(went.map(({ tag }) => tag))].sort();
  }

  /** Out of the trash, where it was there, with these tags; gives what is wrong with that. */
  restored({ repository, digest, tags, by }: Restored, now: number): string[] {
    const stored = this.#manifests.get(`${repository} ${digest}`);
    if (stored === undefined) return [`${repository} ${digest} came back and was gone`];
    const { known } = stored;
    if (stored.deletedAt !== null) {
      for (const blob of known.blobs) this.#promise(repository, blob, now);
    } else if (this.#mayTrash(stored, now)) {
      // A sweep may have been first, and then its blobs came back with it; else it was not away.
      for (const blob of known.blobs) this.#perhaps.add(`${repository} ${blob}`);
    } else if (by === "digest") {
      return [`${keyOf(stored)} came back and was not away`];
    }
    this.#excuse(repository, known, now);
    stored.deletedAt = null;
    stored.freeSince = null;
    for (const tag of tags) this.#move(repository, tag, digest, now);
    this.#settle(now);
    return [];
  }

  /** Taken out of the trash for good. */
  emptied(repository: string, digest: string, now: number): void {
    const stored = this.#manifests.get(`${repository} ${digest}`);
    if (stored !== undefined) stored.keptUntil = now;
  }

  /** What a tag that is not there named last; undefined when it is there, or never was. */
  lastOf(repository: string, tag: string): string | undefined {
    const last = this.#moves.findLast((each) => each.repository === repository && each.tag === tag);
    return last?.to === null ? last.from : undefined;
  }

  /** Whether a tag moved more than once in the moment of its last move: rows do not tell the order. */
  isUnclear(repository: string, tag: string): boolean {
    const moves = this.#moves.filter((each) => each.repository === repository && each.tag === tag);
    return moves.length > 1 && moves.at(-1)?.at === moves.at(-2)?.at;
  }

  /** Whether the manifest must be in the trash still. */
  mustBeTrashed(repository: string, digest: string, now: number): boolean {
    const stored = this.#manifests.get(`${repository} ${digest}`);
    return stored !== undefined && stored.deletedAt !== null && now < stored.keptUntil;
  }

  isLive(repository: string, digest: string): boolean {
    return this.#manifests.get(`${repository} ${digest}`)?.deletedAt === null;
  }

  /** Whether the manifest must be live: it was acknowledged, and its time is not over. */
  mustBeLive(repository: string, digest: string, now: number): boolean {
    const stored = this.#manifests.get(`${repository} ${digest}`);
    return stored?.deletedAt === null && !this.#mayTrash(stored, now);
  }

  /** Whether the manifest is live, and a tag, an index or a subject holds it. */
  isHeld(repository: string, digest: string): boolean {
    const stored = this.#manifests.get(`${repository} ${digest}`);
    return stored?.deletedAt === null && this.#isHeld(stored);
  }

  /** Whether a manifest names the blob, live or in the trash, and it can be seen. */
  isNamed(repository: string, digest: string): boolean {
    if (!this.#blobs.has(`${repository} ${digest}`)) return false;
    return this.#in(repository).some(({ known }) => names(known, digest));
  }

  /** Whether the blob must be visible: somebody holds it, or it was promised for longer. */
  mustBeVisible(repository: string, digest: string, now: number): boolean {
    const until = this.#blobs.get(`${repository} ${digest}`);
    if (until === undefined) return false;
    return until > now || this.#in(repository).some(({ known }) => names(known, digest));
  }

  /** Whether anything was acknowledged there. */
  isUsed(repository: string): boolean {
    return this.#in(repository).length > 0 || this.#visibleIn(repository).length > 0;
  }

  /** Takes in what the rows say; gives what they should not. */
  see(repository: string, seen: Seen, now: number): string[] {
    const wrong: string[] = [];
    const stands = this.shelf.isStill(repository);
    for (const stored of this.#in(repository)) {
      const { digest } = stored.known;
      if (stored.deletedAt === null && !seen.live.has(digest)) {
        if ((stands || !this.#mayTrash(stored, now)) && !this.#excused.has(keyOf(stored))) {
          wrong.push(`${repository} ${digest} is not live`);
        }
        this.#trash(stored, now);
      }
      if (stored.deletedAt !== null && !seen.trashed.has(digest)) {
        if (now < stored.keptUntil) {
          wrong.push(`${repository} ${digest} left the trash too soon`);
        }
        this.#manifests.delete(keyOf(stored));
        for (const blob of stored.known.blobs) {
          const until = this.#blobs.get(`${repository} ${blob}`);
          if (until !== undefined) this.#promise(repository, blob, now + this.#times.grace);
        }
      }
    }
    for (const digest of seen.live) {
      if (!this.isLive(repository, digest)) wrong.push(`${repository} ${digest} should be gone`);
    }
    for (const digest of this.#visibleIn(repository)) {
      if (seen.visible.has(digest)) continue;
      if (this.mustBeVisible(repository, digest, now)) {
        wrong.push(`${repository} ${digest} (a blob) is not visible`);
      }
      this.#blobs.delete(`${repository} ${digest}`);
    }
    for (const digest of seen.visible) {
      const key = `${repository} ${digest}`;
      if (this.#perhaps.has(key)) this.#blobs.set(key, this.#blobs.get(key) ?? now);
      if (!this.#blobs.has(key)) {
        wrong.push(`${repository} ${digest} (a blob) should not be visible`);
      }
    }
    this.#settle(now);
    for (const all of [this.#excused, this.#perhaps]) {
      for (const key of all) if (key.startsWith(`${repository} `)) all.delete(key);
    }
    return wrong;
  }

  /** What must be left in a repository in the end: what is held, and by nothing that is not. */
  lasting(repository: string): { manifests: string[]; blobs: string[]; tags: string[] } {
    const held = this.#in(repository).filter(
      (each) => each.deletedAt === null && this.#isHeld(each),
    );
    const blobs = new Set(held.flatMap(({ known }) => known.blobs));
    return {
      manifests: held.map(({ known }) => known.digest).sort(),
      blobs: [...blobs].filter((digest) => this.#blobs.has(`${repository} ${digest}`)).sort(),
      tags: [...this.#tags]
        .filter(([key]) => key.startsWith(`${repository} `))
        .map(([key, digest]) => `${key.slice(repository.length + 1)} ${digest}`)
        .sort(),
    };
  }

  /** What the manifest is about to hold may just have gone to the trash. */
  #excuse(repository: string, { digest, children }: Known, now: number): void {
    for (const each of this.#in(repository)) {
      const isOurs = each.known.subject === digest || children.includes(each.known.digest);
      if (isOurs && each.deletedAt === null && this.#mayTrash(each, now)) {
        this.#excused.add(keyOf(each));
      }
    }
  }

  /** Points a tag at a manifest, or at none. */
  #move(repository: string, tag: string, to: string | null, at: number): void {
    const key = `${repository} ${tag}`;
    const from = this.#tags.get(key);
    if (from === (to ?? undefined)) return;
    this.#moves.push({ repository, tag, from, to, at });
    if (to === null) this.#tags.delete(key);
    else this.#tags.set(key, to);
  }

  #promise(repository: string, digest: Digest, until: number): void {
    const key = `${repository} ${digest}`;
    this.#blobs.set(key, Math.max(until, this.#blobs.get(key) ?? 0));
  }

  #in(repository: string): Stored[] {
    return [...this.#manifests.values()].filter((each) => each.repository === repository);
  }

  #visibleIn(repository: string): string[] {
    return [...this.#blobs.keys()]
      .filter((key) => key.startsWith(`${repository} `))
      .map((key) => key.slice(repository.length + 1));
  }

  #isHeld({ repository, known }: Stored): boolean {
    for (const [key, digest] of this.#tags) {
      if (digest === known.digest && key.startsWith(`${repository} `)) return true;
    }
    const others = this.#in(repository).filter((each) => each.deletedAt === null);
    return others.some(
      (each) => each.known.children.includes(known.digest) || each.known.digest === known.subject,
    );
  }

  #mayTrash(stored: Stored, now: number): boolean {
    return stored.freeSince !== null && now >= stored.freeSince + this.#times.untaggedAfter;
  }

  #trash(stored: Stored, now: number): void {
    const { repository } = stored;
    stored.deletedAt = now;
    stored.keptUntil = now + this.#times.keep;
    for (const [key, digest] of this.#tags) {
      if (digest === stored.known.digest && key.startsWith(`${repository} `)) {
        this.#move(repository, key.slice(repository.length + 1), null, now);
      }
    }
    this.#settle(now);
  }

  #settle(now: number): void {
    for (const stored of this.#manifests.values()) {
      if (stored.deletedAt !== null) continue;
      stored.freeSince = this.#isHeld(stored) ? null : (stored.freeSince ?? now);
    }
  }
}

function keyOf({ repository, known }: Stored): string {
  return `${repository} ${known.digest}`;
}

function names(known: Known, digest: string): boolean {
  return known.blobs.some((each) => each === digest);
}
