import { hostname } from "node:os";
import { type Clock, SECOND } from "../../../kernel/clock.ts";
import { newSecretId } from "../../../kernel/ids.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { SyslogSender } from "../../../platform/syslog/port.ts";
import type { Logger } from "../../../platform/telemetry/telemetry.ts";
import { advanceForward, claimForward, type Position, releaseForward } from "../store/forward.ts";
import { readCheckpoints, readHeads, readRows } from "../store/read.ts";
import { checkpointMessage, entryMessage, type Origin } from "./message.ts";

export interface ForwarderParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sender: SyslogSender;
  readonly pollMs?: number;
  /** The first pause after a fault; it doubles, up to a minute. */
  readonly retryMs?: number;
}

interface Batch {
  readonly messages: readonly Buffer[];
  readonly position: Position;
}

const LEASE = 60 * SECOND;
const RENEW = 20 * SECOND;
const SLOWEST = 60 * SECOND;
/** Of one chain in one batch, so that a busy one lets the others through; bounds the memory too. */
const ROWS = 50;
const FAR = Number.MAX_SAFE_INTEGER;

/**
 * Forwards the log to a syslog server, at least once: the position is kept in the database and
 * moves only after the messages were sent. One node does it for all that share the database. It
 * reads what is committed already, so that no request ever waits for it.
 */
export class Forwarder {
  readonly #parts: Required<ForwarderParts>;
  readonly #owner = newSecretId();
  readonly #origin: Origin;
  #position: Position | undefined;
  #renewAt = 0;
  #failures = 0;
  #isClosed = false;
  #wake: () => void = () => {};
  #loop: Promise<void> | undefined;

  constructor(parts: ForwarderParts) {
    this.#parts = { pollMs: SECOND, retryMs: SECOND, ...parts };
    this.#origin = { hostname: hostname(), process: this.#owner.slice(0, 8) };
  }

  /** Settles from where on it forwards, and begins. */
  async start(): Promise<void> {
    await this.#claim();
    this.#loop = this.#work();
  }

  /** Sends what is committed by now, in one try for at most `deadlineMs`, and ends. */
  async close(deadlineMs = 2 * SECOND): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    const timer = setTimeout(() => this.#parts.sender.close(), deadlineMs);
    await this.#loop;
    clearTimeout(timer);
    this.#parts.sender.close();
    await this.#parts.db.write(releaseForward, { owner: this.#owner }).catch(() => {});
  }

  async #work(): Promise<void> {
    for (let isLast = false; !isLast; ) {
      // One more round after the end was asked for takes the last entries along.
      isLast = this.#isClosed;
      const pause = await this.#round();
      if (!this.#isClosed) await this.#sleep(pause);
      else if (pause === 0 && this.#failures === 0) isLast = false;
    }
  }

  /** Gives the milliseconds until the next round. */
  async #round(): Promise<number> {
    const { pollMs, retryMs, logger } = this.#parts;
    try {
      if (!(await this.#claim()) || this.#position === undefined) return pollMs;
      const batch = await this.#next(this.#position);
      if (batch.messages.length > 0) await this.#parts.sender.send(batch.messages);
      if (batch.position !== this.#position) await this.#advance(batch.position);
      this.#failures = 0;
      return batch.messages.length > 0 ? 0 : pollMs;
    } catch (error) {
      if (this.#failures === 0) logger.warn({ err: error }, "audit entries cannot be forwarded");
      this.#failures += 1;
      // What is known of the position may be old.
      this.#position = undefined;
      this.#renewAt = 0;
      return Math.min(SLOWEST, retryMs * 2 ** Math.min(this.#failures - 1, 10));
    }
  }

  /** Whether this node is the one that forwards. */
  async #claim(): Promise<boolean> {
    const { db, clock } = this.#parts;
    const now = clock.now();
    if (this.#position !== undefined && now < this.#renewAt) return true;
    const claim = { owner: this.#owner, now, until: now + LEASE };
    const position = await db.write(claimForward, claim);
    this.#position = position ?? undefined;
    this.#renewAt = now + RENEW;
    return position !== null;
  }

  async #advance(position: Position): Promise<void> {
    const { db, clock } = this.#parts;
    const now = clock.now();
    const moved = { owner: this.#owner, now, until: now + LEASE, position };
    this.#position = (await db.write(advanceForward, moved)) ? position : undefined;
    this.#renewAt = now + RENEW;
  }

  async #next(position: Position): Promise<Batch> {
    const { db, logger } = this.#parts;
    const rows: Record<string, number> = { ...position.rows };
    const checkpoints: Record<string, number> = { ...position.checkpoints };
    const messages: Buffer[] = [];
    let isMoved = false;
    for (const { chain, seq, purged_seq } of await readHeads(db)) {
      const seen = rows[chain] ?? 0;
      if (seen > seq || seen < purged_seq) {
        // The database was put back, or entries were purged before they could be forwarded.
        logger.warn(
          { chain, forwarded: seen, head: seq, purged: purged_seq },
          "audit entries were not forwarded",
        );
        rows[chain] = seen > seq ? seq : purged_seq;
        isMoved = true;
      }
      const after = rows[chain] ?? 0;
      if (after < seq) {
        for (const row of await readRows(db, { chain, after, to: seq }, ROWS)) {
          messages.push(entryMessage(row, this.#origin));
          rows[chain] = row.seq;
        }
      }
      const signed = { chain, after: checkpoints[chain] ?? 0, to: FAR };
      for (const row of await readCheckpoints(db, signed, null, ROWS)) {
        messages.push(checkpointMessage(row, this.#origin));
        checkpoints[chain] = row.seq;
      }
    }
    const same = messages.length === 0 && !isMoved;
    return { messages, position: same ? position : { rows, checkpoints } };
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
