const MAX_REASONS = 20;

/**
 * What makes a run void: a byte that fails its hash, an answer of 5xx, a request that failed.
 * Figures of a server that makes mistakes say nothing.
 */
export class Ledger {
  readonly #reasons = new Map<string, number>();

  get void(): boolean {
    return this.#reasons.size > 0;
  }

  /** Each reason with how often it occurred. */
  get reasons(): readonly string[] {
    return [...this.#reasons].map(([reason, count]) =>
      count === 1 ? reason : `${reason} (${count} times)`,
    );
  }

  blame(reason: string): void {
    if (this.#reasons.has(reason) || this.#reasons.size < MAX_REASONS) {
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    }
  }

  /** Checks an answer; true when its status is the one expected. */
  expect(what: string, status: number, expected: number): boolean {
    if (status === expected) return true;
    this.blame(`${what}: status ${status} instead of ${expected}`);
    return false;
  }

  /** Checks the length of a body that was dropped unread; its hash is checked outside of the clock. */
  expectLength(what: string, length: number, expected: number): void {
    if (length !== expected) this.blame(`${what}: ${length} bytes instead of ${expected}`);
  }
}
