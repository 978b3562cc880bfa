import { type Clock, SECOND } from "../../../kernel/clock.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Algorithm } from "../../../oci/digest.ts";
import type { Hasher } from "../../../platform/blobs/hasher.ts";

/** The running hash of a session's staged bytes. */
export interface Running {
  readonly algorithm: Algorithm;
  readonly hasher: Hasher;
  readonly size: number;
}

/** A holder that has seen no byte for so long gives way to a newcomer. */
const STALLED = 5 * SECOND;

/** Running hashes kept between requests; beyond that the oldest is computed again when needed. */
const MOST = 10_000;

class Hold {
  readonly #abort = new AbortController();
  readonly ended: Promise<void>;
  readonly #clock: Clock;
  #end: () => void = () => {};
  #lastByteAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastByteAt = clock.now();
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get stalled(): boolean {
    return this.#clock.now() - this.#lastByteAt >= STALLED;
  }

  progress(): void {
    this.#lastByteAt = this.#clock.now();
  }

  giveWay(): void {
    this.#abort.abort(failure("upload.busy"));
  }

  release(): void {
    this.#end();
  }
}

/** What a request may do while it alone has the session. */
export interface SessionHold {
  /** Aborted when a newcomer takes the session over from a request that stalled. */
  readonly signal: AbortSignal;
  progress(): void;
}

/**
 * The sessions that this process is working on: who holds which, and the running hashes.
 * A connection may break without a word, and its client come back: so a newcomer is refused
 * while bytes still arrive, and takes the session over once none has for a while.
 */
export class Sessions {
  readonly #clock: Clock;
  readonly #holds = new Map<string, Hold>();
  readonly #running = new Map<string, Running>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `work` as the only one on the session; throws `upload.busy` while another is alive. */
  async exclusively<T>(id: string, work: (hold: SessionHold) => Promise<T>): Promise<T> {
    for (let other = this.#holds.get(id); other !== undefined; other = this.#holds.get(id)) {
      if (!other.stalled) throw failure("upload.busy");
      other.giveWay();
      await other.ended;
    }
    const hold = new Hold(this.#clock);
    this.#holds.set(id, hold);
    try {
      return await work(hold);
    } finally {
      this.#holds.delete(id);
      hold.release();
    }
  }

  /** Takes the running hash out; whoever takes it puts it back when it is still true. */
  take(id: string): Running | undefined {
    const running = this.#running.get(id);
    this.#running.delete(id);
    return running;
  }

  keep(id: string, running: Running): void {
    this.#running.set(id, running);
    if (this.#running.size <= MOST) return;
    const oldest = this.#running.keys().next();
    if (!oldest.done) this.#running.delete(oldest.value);
  }

  forget(id: string): void {
    this.#running.delete(id);
  }
}
