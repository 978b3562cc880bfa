import { type Clock, MINUTE } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Logger } from "../../platform/telemetry/telemetry.ts";
import { type AuditEntry, type Doer, done } from "./entry.ts";
import type { Lane } from "./lane.ts";
import type { Item } from "./store/record.ts";

/** Content that somebody got. */
export interface Pull {
  readonly repositoryId: string;
  /** Its full name. */
  readonly repository: string;
  readonly projectId: string;
  readonly kind: "manifest" | "blob";
  readonly digest: string;
  /** The tag that was asked for, where it was one. */
  readonly tag?: string | undefined;
}

interface Gathered {
  readonly doer: Doer;
  readonly pull: Pull;
  readonly at: number;
  /** Pulls that no row speaks of yet. */
  count: number;
  /** Whether a row of this minute was handed over: then the next one tells of repetitions. */
  isTold: boolean;
  /** What differed from the first pull; most often nothing, and then no list is made. */
  tags: string[] | undefined;
  addresses: string[] | undefined;
  credentials: string[] | undefined;
}

export interface PullOptions {
  readonly lane: Lane;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds until a pull is written: it must be committed within a second (A67). */
  readonly flushMs?: number;
  /** Most distinct pulls remembered, and most that may wait for the database. */
  readonly most?: number;
}

const FLUSH = 400;
const MOST = 20_000;
const BATCH = 1_000;
const SLOWEST_RETRY = 5_000;
/** Other tags, addresses and credentials that one row names. */
const MOST_OTHERS = 8;

function noted(list: string[] | undefined, value: string): string[] {
  if (list === undefined) return [value];
  if (list.length < MOST_OTHERS && !list.includes(value)) list.push(value);
  return list;
}

/** The entry of `count` pulls. */
export function pullEntry(pull: Pull, details: AuditEntry["details"]): AuditEntry {
  const { kind, digest, repository, repositoryId, projectId } = pull;
  return done(
    `${kind}.pull`,
    { kind, id: digest, name: repository },
    { project: projectId, details: { repositoryId, ...details } },
  );
}

/**
 * Gathers pulls per principal (where nobody logged in: per address), repository, digest and
 * minute (A67). The first of a minute is committed within a second; those that follow are counted,
 * and one more row tells their number when the minute is over. So a crash can lose how often
 * something was pulled within that minute, and never that it was.
 *
 * Memory is bounded: beyond `most` different pulls in a minute, all are written and forgotten
 * early; beyond `most` that wait for a database that is away, pulls are refused.
 */
export class PullGatherer {
  readonly #options: Required<PullOptions>;
  readonly #seen = new Map<string, Gathered>();
  #minute = Number.NEGATIVE_INFINITY;
  #minuteEnd = Number.NEGATIVE_INFINITY;
  #fresh: Gathered[] = [];
  #backlog: Item[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #minuteTimer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<boolean> | undefined;
  #failures = 0;

  constructor(options: PullOptions) {
    this.#options = { flushMs: FLUSH, most: MOST, ...options };
  }

  /** Pulls seen that are not committed yet. */
  get waiting(): number {
    return this.#fresh.length + this.#backlog.length;
  }

  /** Costs less than a microsecond. Throws `audit.unrecorded` when too many wait already. */
  add(doer: Doer, pull: Pull): void {
    const now = this.#options.clock.now();
    if (now >= this.#minuteEnd || now < this.#minute) this.#turn(now);
    const who = doer.kind === "anonymous" ? `@${doer.address}` : doer.id;
    const key = `${who} ${pull.kind} ${pull.repositoryId} ${pull.digest}`;
    const seen = this.#seen.get(key);
    if (seen === undefined) this.#first(key, doer, pull, now);
    else this.#again(seen, doer, pull);
  }

  /** Writes what waits; resolves when it is committed, or after `tries` that failed. */
  async close(tries = 3): Promise<void> {
    this.#turn(this.#options.clock.now());
    for (let left = tries; left > 0 && this.waiting > 0; left--) await this.#flush();
    clearTimeout(this.#timer);
    clearTimeout(this.#minuteTimer);
    const lost = this.waiting;
    if (lost > 0)
      this.#options.logger.error({ lost }, "pulls could not be recorded before the end");
  }

  #first(key: string, doer: Doer, pull: Pull, at: number): void {
    const { most } = this.#options;
    if (this.waiting >= most) throw failure("audit.unrecorded");
    if (this.#seen.size >= most) this.#turn(at);
    const first: Gathered = {
      doer,
      pull,
      at,
      count: 1,
      isTold: false,
      tags: undefined,
      addresses: undefined,
      credentials: undefined,
    };
    this.#seen.set(key, first);
    this.#fresh.push(first);
    this.#soon();
  }

  #again(seen: Gathered, doer: Doer, { tag }: Pull): void {
    if (seen.count === 0) this.#later();
    seen.count += 1;
    if (tag !== undefined && tag !== seen.pull.tag) seen.tags = noted(seen.tags, tag);
    const { address, credentialId } = doer;
    if (address !== null && address !== seen.doer.address) {
      seen.addresses = noted(seen.addresses, address);
    }
    if (credentialId !== null && credentialId !== seen.doer.credentialId) {
      seen.credentials = noted(seen.credentials, credentialId);
    }
  }

  /** Begins another minute: what was counted in the last one waits to be told. */
  #turn(now: number): void {
    this.#tellFresh();
    for (const each of this.#seen.values()) if (each.count > 0) this.#tell(each);
    this.#seen.clear();
    this.#minute = now - (now % MINUTE);
    this.#minuteEnd = this.#minute + MINUTE;
    if (this.#backlog.length > 0) this.#soon();
  }

  #tellFresh(): void {
    for (const each of this.#fresh) this.#tell(each);
    this.#fresh = [];
  }

  #tell(each: Gathered): void {
    const { doer, pull, at, count, isTold, tags, addresses, credentials } = each;
    const all = pull.tag === undefined ? tags : [pull.tag, ...(tags ?? [])];
    const entry = pullEntry(pull, {
      count,
      ...(isTold ? { repeated: true } : {}),
      ...(all === undefined ? {} : { tags: all }),
      ...(addresses === undefined ? {} : { otherAddresses: addresses }),
      ...(credentials === undefined ? {} : { otherCredentials: credentials }),
    });
    this.#backlog.push({ doer, at, entry });
    each.count = 0;
    each.isTold = true;
    each.tags = undefined;
    each.addresses = undefined;
    each.credentials = undefined;
  }

  /** Sees to a flush in `ms` at most. */
  #soon(ms = this.#options.flushMs): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, ms);
    this.#timer.unref();
  }

  /** Sees to it that repetitions are told when the minute is over. */
  #later(): void {
    this.#minuteTimer ??= setTimeout(() => {
      this.#minuteTimer = undefined;
      void this.#flush();
    }, this.#minuteEnd - this.#options.clock.now());
    this.#minuteTimer.unref();
  }

  async #flush(): Promise<boolean> {
    await this.#writing;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #write(): Promise<boolean> {
    const { lane, clock, logger, flushMs } = this.#options;
    if (clock.now() >= this.#minuteEnd) this.#turn(clock.now());
    else this.#tellFresh();
    try {
      while (this.#backlog.length > 0) {
        const batch = this.#backlog.slice(0, BATCH);
        await lane.append(batch);
        this.#backlog.splice(0, batch.length);
      }
      this.#failures = 0;
      return true;
    } catch (error) {
      if (this.#failures === 0) {
        logger.error({ err: error, waiting: this.waiting }, "pulls cannot be recorded for now");
      }
      this.#failures += 1;
      this.#soon(Math.min(SLOWEST_RETRY, flushMs * 2 ** Math.min(this.#failures, 10)));
      return false;
    }
  }
}
