interface Waiting {
  readonly owner: string;
  readonly start: () => void;
}

/**
 * Bounds how many fetches run at once, in all and for each owner, so that no project can keep the
 * others from their issuers by naming slow ones. Those that would wait too long are turned away.
 */
export class Slots {
  readonly #most: number;
  readonly #mostEach: number;
  readonly #mostWaiting: number;
  readonly #running = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  #count = 0;

  constructor(bounds: { most: number; mostEach: number; mostWaiting: number }) {
    this.#most = bounds.most;
    this.#mostEach = bounds.mostEach;
    this.#mostWaiting = bounds.mostWaiting;
  }

  /** Runs `work` when there is room; undefined when too many wait already. */
  async run<T>(owner: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.#hasRoom(owner)) this.#begin(owner);
    else if (this.#waiting.length >= this.#mostWaiting) return undefined;
    else await new Promise<void>((start) => this.#waiting.push({ owner, start }));
    try {
      return await work();
    } finally {
      this.#end(owner);
    }
  }

  #hasRoom(owner: string): boolean {
    return this.#count < this.#most && (this.#running.get(owner) ?? 0) < this.#mostEach;
  }

  #begin(owner: string): void {
    this.#count += 1;
    this.#running.set(owner, (this.#running.get(owner) ?? 0) + 1);
  }

  #end(owner: string): void {
    this.#count -= 1;
    const left = (this.#running.get(owner) ?? 1) - 1;
    if (left === 0) this.#running.delete(owner);
    else this.#running.set(owner, left);
    const next = this.#waiting.findIndex((each) => this.#hasRoom(each.owner));
    const [waiting] = next < 0 ? [] : this.#waiting.splice(next, 1);
    if (waiting === undefined) return;
    // Its place is taken before it runs, so that nobody slips in between.
    this.#begin(waiting.owner);
    waiting.start();
  }
}
