import type { FileLayer } from "./file-layer.ts";

/**
 * Makes names durable, many with one sync: whoever asks while a sync of the folder runs shares the
 * next one with all others who ask meanwhile. Only a sync that *starts* after a name was made covers
 * it, so nobody ever joins the one that runs.
 */
export class DirectorySync {
  readonly #layer: FileLayer;
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, Promise<void>>();

  constructor(layer: FileLayer) {
    this.#layer = layer;
  }

  /** Resolves when every name that the folder has now is durable; throws the system's error. */
  sync(path: string): Promise<void> {
    const waiting = this.#waiting.get(path);
    if (waiting) return waiting;
    const running = this.#running.get(path);
    if (!running) return this.#start(path);
    const next = running
      .catch(() => undefined)
      .then(() => {
        this.#waiting.delete(path);
        return this.#start(path);
      });
    this.#waiting.set(path, next);
    return next;
  }

  #start(path: string): Promise<void> {
    const run = this.#syncNow(path).finally(() => {
      if (this.#running.get(path) === run) this.#running.delete(path);
    });
    this.#running.set(path, run);
    return run;
  }

  async #syncNow(path: string): Promise<void> {
    const fd = await this.#layer.open(path, "read");
    try {
      await this.#layer.sync(fd);
    } finally {
      await this.#layer.close(fd);
    }
  }
}
