import { type Clock, MINUTE } from "../../../kernel/clock.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { Logger } from "../../../platform/telemetry/telemetry.ts";
import type { AuditKeys } from "../keys.ts";
import {
  claimCheckpoint,
  grownHeads,
  keepCheckpoints,
  lastCheckpointAt,
} from "../store/checkpoints.ts";
import { keyId, signCheckpoint } from "./signature.ts";

export interface CheckpointerParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly keys: AuditKeys;
  readonly logger: Logger;
}

/**
 * Signs what the chains' heads are: every minute in which something was added, by one node for
 * all. Each one is also a line of the log, so that there is an anchor outside of the database: a
 * database that was put back to an older state agrees with itself, and not with that line.
 */
export class Checkpointer {
  readonly #parts: CheckpointerParts;
  readonly #kid: string;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(parts: CheckpointerParts) {
    this.#parts = parts;
    this.#kid = keyId(parts.keys.publicKey);
    this.#timer = setInterval(() => void this.#tick(), MINUTE);
    this.#timer.unref();
  }

  /** Makes one now, whoever made the last; nothing happens when nothing was added. */
  async make(): Promise<void> {
    const { db, clock, keys, logger } = this.#parts;
    const heads = await grownHeads(db);
    if (heads.length === 0) return;
    const at = clock.now();
    const checkpoints = await Promise.all(
      heads.map(async (head) => {
        const signature = await signCheckpoint({ ...head, at }, keys.privateKey, this.#kid);
        return { ...head, at, signature };
      }),
    );
    await db.write(keepCheckpoints, { checkpoints });
    const signed = checkpoints.map((each) => each.signature).join(" ");
    logger.info({ signed }, "audit checkpoint");
  }

  /** Milliseconds since the last one of any node; null before the first. */
  async age(): Promise<number | null> {
    const at = await lastCheckpointAt(this.#parts.db);
    return at === null ? null : Math.max(0, this.#parts.clock.now() - at);
  }

  async #tick(): Promise<void> {
    const { db, clock, logger } = this.#parts;
    try {
      if ((await grownHeads(db)).length === 0) return;
      const now = clock.now();
      // A little less than the pause, or the timers of two nodes would skip every other minute.
      if (await db.write(claimCheckpoint, { now, before: now - (MINUTE * 9) / 10 })) {
        await this.make();
      }
    } catch (error) {
      logger.error({ err: error }, "the audit checkpoint failed");
    }
  }

  /** Makes a last one. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    try {
      await this.make();
    } catch (error) {
      this.#parts.logger.error({ err: error }, "the audit checkpoint at the end failed");
    }
  }
}
