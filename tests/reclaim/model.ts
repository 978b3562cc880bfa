import type { Digest } from "../../src/oci/digest.ts";

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
  /** Since when nothing holds it; null while something does. */
  freeSince: number | null;
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
  readonly #times: Times;
  readonly #manifests = new Map<string, Stored>();
  readonly #tags = new Map<string, string>();
  /** Until when a blob is promised, by repository and digest, while it can be seen. */
  readonly #blobs = new Map<string, number>();
  /** Free manifests that another transaction was about to let go of when their subject came. */
  readonly #excused = new Set<string>();

  constructor(times: Times) {
    this.#times = times;
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
    for (const each of this.#in(repository)) {
      const isReferrer = each.known.subject === known.digest && each.deletedAt === null;
      if (isReferrer && this.#mayTrash(each, now)) this.#excused.add(keyOf(each));
    }
    this.#manifests.set(key, { known, repository, deletedAt: null, freeSince: null });
    if (tag !== undefined) this.#tags.set(`${repository} ${tag}`, known.digest);
    this.#settle(now);
  }

  tagged(repository: string, digest: Digest, tag: string, now: number): void {
    this.#tags.set(`${repository} ${tag}`, digest);
    this.#settle(now);
  }

  untagged(repository: string, tag: string, now: number): void {
    this.#tags.delete(`${repository} ${tag}`);
    this.#settle(now);
  }

  deleted(repository: string, digest: Digest, now: number): void {
    const stored = this.#manifests.get(`${repository} ${digest}`);
    if (stored === undefined) return;
    this.#trash(stored, now);
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

  /** Takes in what the rows say; gives what they should not. */
  see(repository: string, seen: Seen, now: number): string[] {
    const wrong: string[] = [];
    for (const stored of this.#in(repository)) {
      const { digest } = stored.known;
      if (stored.deletedAt === null && !seen.live.has(digest)) {
        if (!this.#mayTrash(stored, now) && !this.#excused.has(keyOf(stored))) {
          wrong.push(`${repository} ${digest} is not live`);
        }
        this.#trash(stored, now);
      }
      if (stored.deletedAt !== null && !seen.trashed.has(digest)) {
        if (now < stored.deletedAt + this.#times.keep) {
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
      if (!this.#blobs.has(`${repository} ${digest}`)) {
        wrong.push(`${repository} ${digest} (a blob) should not be visible`);
      }
    }
    this.#settle(now);
    for (const key of this.#excused)
      if (key.startsWith(`${repository} `)) this.#excused.delete(key);
    return wrong;
  }

  /** Digests that must be left in a repository in the end: what is held, and by nothing that is not. */
  lasting(repository: string): { manifests: string[]; blobs: string[] } {
    const held = this.#in(repository).filter(
      (each) => each.deletedAt === null && this.#isHeld(each),
    );
    const blobs = new Set(held.flatMap(({ known }) => known.blobs));
    return {
      manifests: held.map(({ known }) => known.digest).sort(),
      blobs: [...blobs].filter((digest) => this.#blobs.has(`${repository} ${digest}`)).sort(),
    };
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
    stored.deletedAt = now;
    for (const [key, digest] of this.#tags) {
      if (digest === stored.known.digest && key.startsWith(`${stored.repository} `)) {
        this.#tags.delete(key);
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
