import type { AuditEntry, AuditObject, Doer } from "../features/audit/entry.ts";
import type { Audit } from "../features/audit/service.ts";
import { BoundedCache } from "../kernel/bounded-cache.ts";
import { type Clock, MINUTE } from "../kernel/clock.ts";

export interface Denial {
  /** What was tried, such as `repository:push`. */
  readonly action: string;
  readonly object: AuditObject;
  /** Id of the project, where one is known. */
  readonly project: string | null;
  /** Code of the decision or of the error. */
  readonly reason: string;
  readonly details?: AuditEntry["details"];
}

/** Rows that one address, and all of them, can cause in a minute without being anybody. */
const MOST_OF_ONE = 20;
const MOST_OF_ALL = 600;
const ADDRESSES = 10_000;

interface Minute {
  minute: number;
  rows: number;
  /** Left out since the last row. */
  left: number;
}

/**
 * Writes down what was refused, before it is answered. Each denial of somebody who is known is a
 * row. Those of nobody are rows too while they are few; in a flood the next row says how many were
 * left out, so that whoever shouts at the door cannot fill the log.
 */
export class Denials {
  readonly #audit: Pick<Audit, "append">;
  readonly #clock: Clock;
  readonly #addresses = new BoundedCache<Minute>(ADDRESSES);
  readonly #all: Minute = { minute: 0, rows: 0, left: 0 };

  constructor(audit: Pick<Audit, "append">, clock: Clock) {
    this.#audit = audit;
    this.#clock = clock;
  }

  /** Durable when resolved; rejects when it cannot be written, and then nothing was refused yet. */
  async record(doer: Doer, denial: Denial): Promise<void> {
    const isKnown = doer.kind !== "anonymous";
    const left = isKnown ? 0 : this.#admit(doer.address ?? "unix");
    if (left === undefined) return;
    const { details = {}, ...what } = denial;
    const more = left === 0 ? details : { ...details, unrecorded: left };
    await this.#audit.append(doer, [{ ...what, result: "denied", details: more }]);
  }

  /** Undefined when there were too many; else how many were left out before this one. */
  #admit(address: string): number | undefined {
    const minute = Math.floor(this.#clock.now() / MINUTE);
    let one = this.#addresses.get(address);
    if (one === undefined) {
      one = { minute, rows: 0, left: 0 };
      this.#addresses.set(address, one, 1);
    }
    for (const each of [one, this.#all]) {
      if (each.minute !== minute) Object.assign(each, { minute, rows: 0 });
    }
    if (one.rows >= MOST_OF_ONE || this.#all.rows >= MOST_OF_ALL) {
      one.left += 1;
      return undefined;
    }
    one.rows += 1;
    this.#all.rows += 1;
    const { left } = one;
    one.left = 0;
    return left;
  }
}
