/** Collects named checks, printing one line a check, and the closing line of a verification. */
export class Checks {
  passed = 0;
  failed = 0;
  readonly #failures: string[] = [];
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void = (line) => console.log(line)) {
    this.#print = print;
  }

  /**
   * Runs one check; a throw is its failure. The string it returns, if any, stands on the line as
   * the figure that was measured. Answers whether it passed, and never throws.
   */
  async check(name: string, body: () => Promise<string | undefined>): Promise<boolean> {
    const started = performance.now();
    try {
      const figure = await body();
      this.passed += 1;
      this.#print(`pass  ${name}${figure ? `: ${figure}` : ""} (${seconds(started)})`);
      return true;
    } catch (cause) {
      this.fail(name, cause, started);
      return false;
    }
  }

  /** Records a failure that happened outside a check, such as a set-up that did not stand. */
  fail(name: string, cause: unknown, started = performance.now()): void {
    this.failed += 1;
    this.#failures.push(name);
    this.#print(`FAIL  ${name} (${seconds(started)})\n${indent(describe(cause))}`);
  }

  /** Prints what failed and the closing line; answers the exit code. */
  close(): number {
    for (const name of this.#failures) this.#print(`failed: ${name}`);
    this.#print(`${this.passed} passed, ${this.failed} failed`);
    // A run in which nothing was checked has proved nothing.
    return this.failed > 0 || this.passed === 0 ? 1 : 0;
  }
}

function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "      ");
}

/** An error with its causes, in words. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\nbecause: ${describe(error.cause)}`;
  return `${error.message}${cause}`;
}

/** Throws with both values when they differ. */
export function same<T>(what: string, actual: T, expected: T): void {
  if (actual !== expected) throw new Error(`${what}: ${actual}, expected ${expected}`);
}
