/** Absent is a value too: a tag that was deleted, a blob that was never pushed. */
export type Value = string | undefined;

/** One attempt to give a register a value, from the request to its answer. */
export interface Write {
  readonly value: Value;
  readonly start: number;
  /** When it had taken effect at the latest, if it did; infinite while it may still do so. */
  end: number;
  /** Whether it is known to have taken effect. */
  certain: boolean;
}

/**
 * The history of one register that many clients write and read: a tag, or whether a blob or a
 * manifest is there. A read is right when it returns a value whose write may be the last one in
 * some order that respects time: not one that another write is known to have replaced before the
 * read began. What a read returned is known from then on, so that no later read may go back.
 *
 * Times are ticks of one logical clock; each event has its own.
 */
export class Register {
  #writes: Write[];

  constructor(initial: Value, at: number) {
    this.#writes = [{ value: initial, start: at, end: at, certain: true }];
  }

  /** A write is under way from now on. */
  begin(value: Value, at: number): Write {
    const write: Write = { value, start: at, end: Number.POSITIVE_INFINITY, certain: false };
    this.#writes.push(write);
    return write;
  }

  /** The write was acknowledged: it holds, whatever happens next. */
  acknowledge(write: Write, at: number): void {
    write.end = Math.min(write.end, at);
    write.certain = true;
  }

  /** The write was refused before it could change anything. */
  refuse(write: Write): void {
    this.#writes = this.#writes.filter((other) => other !== write);
  }

  /** The write was answered by a fault, or by nothing from a process that is gone: it may hold. */
  doubt(write: Write, at: number): void {
    write.end = Math.min(write.end, at);
  }

  /** Everything that may be read right now. */
  possible(from: number, to: number): Value[] {
    return [...new Set(this.#candidates(from, to).map(({ value }) => value))];
  }

  /** The value, when every reading now must return it and no write is open. */
  settled(at: number): { value: Value } | undefined {
    if (this.#writes.some(({ end }) => end === Number.POSITIVE_INFINITY)) return undefined;
    const [first, ...others] = this.possible(at, at);
    return others.length === 0 ? { value: first } : undefined;
  }

  /** Takes note of a read; answers what is wrong with it, or nothing. */
  read(value: Value, from: number, to: number): string | undefined {
    const candidates = this.#candidates(from, to);
    const agreeing = candidates.filter((write) => write.value === value);
    if (agreeing.length === 0) {
      const could = [...new Set(candidates.map((write) => write.value ?? "nothing"))].join(" or ");
      return `read ${value ?? "nothing"}, which is neither acknowledged nor under way: ${could}`;
    }
    const [only, second] = agreeing;
    if (only !== undefined && second === undefined) {
      only.end = Math.min(only.end, to);
      only.certain = true;
    }
    return undefined;
  }

  #replaced(write: Write, before: number): boolean {
    return this.#writes.some(
      (other) => other.certain && other.start > write.end && other.end < before,
    );
  }

  #candidates(from: number, to: number): Write[] {
    return this.#writes.filter((write) => write.start < to && !this.#replaced(write, from));
  }

  /** Forgets what no read that begins from now on can return. Nothing may be under way. */
  prune(at: number): void {
    this.#writes = this.#candidates(at, at);
  }
}
